package asl

import (
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

func (c *stateCompiler) parallel() {
	k := &machine.Fork{}
	for i, b := range c.in.Branches {
		label := "branch " + strconv.Itoa(i+1)
		k.Branches = append(k.Branches, c.scope(c.out, label, c.out.Path+"/", b))
	}
	c.out.Fork = k
}

func (c *stateCompiler) mapping() {
	s, st := c.in, c.out
	if s.Processor == nil {
		c.fail(s.Pos, "a Map without an ItemProcessor")
		return
	}
	st.Fork = &machine.Fork{
		Branches:    []*machine.Scope{c.scope(st, "", st.Path+"/", &s.Processor.Scope)},
		Items:       c.items(),
		Item:        c.selector(),
		Concurrency: c.concurrency(),
	}
	if s.Processor.Distributed() {
		c.distributed()
	}
}

// array is what a Map goes over: the elements of an array.
type array struct {
	v      any
	source string
}

func (a array) Len() int { return document.Len(a.v) }

func (a array) At(i int) machine.Item {
	v, _ := document.Index(a.v, i)
	return machine.Item{Index: i, Value: v, Source: a.source}
}

// stateData is the source of the items of a distributed Map that come from its
// input.
const stateData = "STATE_DATA"

// entries is what a distributed Map goes over: the members of an object.
type entries struct {
	keys   []string
	values []any
	source string
}

func entriesOf(v any) entries {
	var e entries
	for key, value := range document.Entries(v) {
		e.keys, e.values = append(e.keys, key), append(e.values, value)
	}
	return e
}

func (e entries) Len() int { return len(e.keys) }

func (e entries) At(i int) machine.Item {
	return machine.Item{Index: i, Value: e.values[i], Key: e.keys[i], Keyed: true, Source: e.source}
}

// itemsOf gives what a Map may go over in a value; nil if it may not.
func (c *stateCompiler) itemsOf(v any) machine.Items {
	distributed := c.in.Processor.Distributed()
	switch kind := document.KindOf(v); {
	case kind == document.Array && distributed:
		return array{v, stateData}
	case kind == document.Array:
		return array{v: v}
	case kind == document.ObjectKind && distributed:
		e := entriesOf(v)
		e.source = stateData
		return e
	}
	return nil
}

func (c *stateCompiler) items() func(f *machine.Frame, doc any) (machine.Items, error) {
	s := c.in
	if s.Language == states.JSONata {
		return c.queriedItems()
	}
	var p *path.Path
	inner := "$"
	if s.ItemsPath != nil {
		if p = c.path(s.ItemsPath, path.CompileReference); p == nil {
			return nil
		}
		inner = p.Inner()
	}
	return func(f *machine.Frame, doc any) (machine.Items, error) {
		if p != nil {
			var err error
			if doc, err = get(p, f, doc); err != nil {
				return nil, wrongPath(f, err)
			}
		}
		items := c.itemsOf(doc)
		if items == nil {
			return nil, wrong(f, "Reference path \""+inner+"\" must point to array.", nil)
		}
		return items, nil
	}
}

func (c *stateCompiler) queriedItems() func(f *machine.Frame, doc any) (machine.Items, error) {
	t := c.query(c.in.Items, "Items")
	return func(f *machine.Frame, _ any) (machine.Items, error) {
		if t == nil {
			items := c.itemsOf(f.Doc)
			if items == nil {
				return nil, query(f, "", "Map state input must be an array but was: "+document.Text(f.Doc), nil)
			}
			return items, nil
		}
		v, err := t.eval(&ask{f: f})
		if err != nil {
			return nil, err
		}
		items := c.itemsOf(v)
		if items == nil {
			return nil, unexpected(f, t, "array", v)
		}
		return items, nil
	}
}

// selector compiles ItemSelector; nil where the item itself is the input.
func (c *stateCompiler) selector() func(f *machine.Frame, doc any, it *machine.Item) (any, error) {
	v := c.in.ItemTemplate()
	distributed := c.in.Processor.Distributed()
	switch {
	case v == nil && !distributed:
		return nil
	case v == nil:
		return func(_ *machine.Frame, _ any, it *machine.Item) (any, error) { return whole(it), nil }
	case c.in.Language == states.JSONata:
		t := c.query(v, "ItemSelector")
		return func(f *machine.Frame, _ any, it *machine.Item) (any, error) { return t.eval(&ask{f: f, item: it}) }
	}
	t := c.compileTemplate(v)
	if t == nil {
		return nil
	}
	return func(f *machine.Frame, doc any, it *machine.Item) (any, error) { return fill(t, f, doc, it) }
}

// whole is the input of a child without a selector: the item, or of an
// object's entry both parts.
func whole(it *machine.Item) any {
	if !it.Keyed {
		return it.Value
	}
	return document.ObjectOf(document.Field{Key: "Key", Value: it.Key}, document.Field{Key: "Value", Value: it.Value})
}

// atOnce is how many iterations of an inline Map AWS runs at once.
const atOnce = 40

func (c *stateCompiler) concurrency() machine.IntFunc {
	n := c.count(c.in.MaxConcurrency, c.in.MaxConcurrencyPath, "MaxConcurrency")
	if c.in.Processor.Distributed() {
		if n == nil {
			return nil
		}
		return func(f *machine.Frame, doc any) (int, error) {
			v, err := n(f, doc)
			return int(v), err
		}
	}
	return func(f *machine.Frame, doc any) (int, error) {
		if n == nil {
			return atOnce, nil
		}
		v, err := n(f, doc)
		if v <= 0 || v > atOnce {
			v = atOnce
		}
		return int(v), err
	}
}

// counter gives a whole number that is not negative.
type counter func(f *machine.Frame, doc any) (int64, error)

// count compiles a number, an expression or a path; nil where there is none.
func (c *stateCompiler) count(v, byPath *states.Value, field string) counter {
	switch {
	case byPath != nil:
		p := c.path(byPath, path.CompileReference)
		return func(f *machine.Frame, doc any) (int64, error) {
			n, err := c.whole(f, p, doc, field+"Path")
			if err == nil && n < 0 {
				err = wrong(f, field+" cannot be negative.", nil)
			}
			return n, err
		}
	case v == nil:
		return nil
	}
	if n, ok := v.Int(); ok {
		return func(*machine.Frame, any) (int64, error) { return n, nil }
	}
	t := c.query(v, field)
	return func(f *machine.Frame, _ any) (int64, error) {
		out, err := t.eval(&ask{f: f})
		if err != nil {
			return 0, err
		}
		n, ok := document.Integer(out)
		if !ok || n < 0 {
			return 0, unexpected(f, t, "non-negative integer", out)
		}
		return n, nil
	}
}
