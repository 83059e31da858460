package asl

import (
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// batcher groups items: {"BatchInput": …, "Items": […]}.
type batcher struct {
	items, bytes counter // nil: no bound
	input        func(f *machine.Frame, doc any) (any, error)
	selected     func(f *machine.Frame, doc any, it *machine.Item) (any, error)
}

// batched is items in batches.
type batched []any

func (b batched) Len() int { return len(b) }

func (b batched) At(i int) machine.Item { return machine.Item{Index: i, Value: b[i]} }

func (c *stateCompiler) batcher(k *machine.Fork) {
	in := c.in.ItemBatcher
	b := &batcher{
		items:    c.count(in.MaxItemsPerBatch, in.MaxItemsPerBatchPath, "MaxItemsPerBatch"),
		bytes:    c.count(in.MaxInputBytesPerBatch, in.MaxInputBytesPerBatchPath, "MaxInputBytesPerBatch"),
		input:    c.template(in.BatchInput),
		selected: k.Item,
	}
	if c.in.Language == states.JSONata {
		if t := c.query(in.BatchInput, "ItemBatcher/BatchInput"); t != nil {
			b.input = func(f *machine.Frame, _ any) (any, error) { return t.eval(&ask{f: f}) }
		}
	}
	if r, ok := k.Run.Read.(*reader); ok {
		r.wrap = b.group
	} else if items := k.Items; items != nil {
		k.Items = func(f *machine.Frame, doc any) (machine.Items, error) {
			all, err := items(f, doc)
			if err != nil {
				return nil, err
			}
			return b.group(f, all)
		}
	}
	k.Item = func(_ *machine.Frame, _ any, it *machine.Item) (any, error) { return it.Value, nil }
	k.Run.Weigh = func(it *machine.Item) int {
		items, _ := document.Member(it.Value, "Items")
		return max(1, document.Len(items))
	}
}

// group puts items into batches. A batch holds one item at least, however
// large it is.
func (b *batcher) group(f *machine.Frame, all machine.Items) (machine.Items, error) {
	most, room, err := b.bounds(f)
	if err != nil {
		return nil, err
	}
	var out batched
	var batch []any
	var input any
	used := 0
	flush := func() {
		if len(batch) == 0 {
			return
		}
		o := document.NewObject(2)
		if b.input != nil {
			o.Set("BatchInput", input)
		}
		o.Set("Items", batch)
		out = append(out, o)
		batch, used = nil, 0
	}
	frame := 0 // bytes around the items
	for i := range all.Len() {
		it := all.At(i)
		v, err := b.selected(f, f.In, &it)
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 && b.input != nil {
			if input, err = b.input(f, f.In); err != nil {
				return nil, err
			}
		}
		size := 0
		if room > 0 {
			text, err := document.Encode(v)
			if err != nil {
				return nil, wrong(f, err.Error(), err)
			}
			size = len(text) + 1
			frame = len(`{"Items":[]}`) + len(document.Text(input))
		}
		if most > 0 && int64(len(batch)) == most || room > 0 && int64(frame+used+size) > room {
			flush()
		}
		batch = append(batch, v)
		used += size
	}
	flush()
	return out, nil
}

func (b *batcher) bounds(f *machine.Frame) (items, bytes int64, err error) {
	if b.items != nil {
		if items, err = b.items(f, f.In); err != nil {
			return 0, 0, err
		}
	}
	if b.bytes != nil {
		bytes, err = b.bytes(f, f.In)
	}
	return items, bytes, err
}
