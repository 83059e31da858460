package flow

import (
	"reflect"

	"github.com/flowstone-go/flow/internal/treap"
)

// knowledge is what is known where a state is entered.
type knowledge struct {
	doc  *shape
	vars treap.Map[variable]
}

// variable is what is known of a variable.
type variable struct {
	typ   reflect.Type
	maybe bool // it may not be assigned
}

// Join is the variable where one or the other holds. Of one that holds values of
// two types nothing is known.
func (v variable) Join(o variable) variable {
	if v.typ != o.typ {
		v.typ = reflect.TypeFor[any]()
	}
	return variable{v.typ, v.maybe || o.maybe}
}

// Maybe is the variable where it may not be assigned.
func (v variable) Maybe() variable { return variable{v.typ, true} }

// Same tells that two say the same.
func (v variable) Same(o variable) bool { return v == o }

// Weight is that of any other.
func (v variable) Weight() int { return 1 }

func (k knowledge) join(o knowledge) knowledge {
	if k.doc == nil {
		return o
	}
	if o.doc == nil {
		return k
	}
	return knowledge{doc: k.doc.join(o.doc), vars: k.vars.Join(o.vars, false, false)}
}

func (k knowledge) equal(o knowledge) bool {
	if k.doc == nil || o.doc == nil {
		return k.doc == o.doc
	}
	return k.doc.equal(o.doc) && k.vars.Same(o.vars)
}

// narrow is what is known once a condition is known to hold, or not to.
func narrow(e exported, holds bool, k knowledge) knowledge {
	switch {
	case e.op == "IsPresent" && holds:
		return k.present(e.refs[0])
	case e.op == "IsNull" && !holds && len(e.refs) == 1:
		return k.nonNull(e.refs[0])
	case e.op == "Not":
		return narrow(e.parts[0], !holds, k)
	case e.op == "And" && holds, e.op == "Or" && !holds:
		for _, p := range e.parts {
			k = narrow(p, holds, k)
		}
	}
	return k
}

// impossible tells that a condition can't hold, or can't fail to, as far as is
// known: it asks for something that is never there.
func impossible(e exported, holds bool, k knowledge) bool {
	switch {
	case e.op == "IsPresent" && holds:
		return k.never(e.refs[0])
	case e.op == "Not":
		return impossible(e.parts[0], !holds, k)
	case e.op == "And" && holds, e.op == "Or" && !holds:
		for _, p := range e.parts {
			if impossible(p, holds, k) {
				return true
			}
			k = narrow(p, holds, k)
		}
	case e.op == "Or" || e.op == "And":
		for _, p := range e.parts {
			if !impossible(p, holds, k) {
				return false
			}
			k = narrow(p, !holds, k)
		}
		return len(e.parts) > 0
	}
	return false
}

// never tells that there is nothing at r in any execution.
func (k knowledge) never(r *reference) bool {
	if r == nil || r.hasOr {
		return false
	}
	steps, ok := stepsOf(r)
	switch {
	case !ok:
		return false
	case r.source == fromDocument:
		f := k.doc.at(steps)
		return f.never != ""
	case r.source == fromVariable:
		_, assigned := k.vars.Get(r.name)
		return !assigned
	}
	return false
}

// nonNull is what is known once something at r is known not to be null.
func (k knowledge) nonNull(r *reference) knowledge {
	if r == nil || r.hasOr || r.source != fromDocument {
		return k
	}
	if steps, ok := stepsOf(r); ok {
		k.doc = k.doc.nonNull(steps)
	}
	return k
}

func (k knowledge) present(r *reference) knowledge {
	if r == nil {
		return k
	}
	steps, ok := stepsOf(r)
	switch {
	case !ok:
	case r.source == fromDocument:
		k.doc = k.doc.present(steps)
	case r.source == fromVariable:
		v, has := k.vars.Get(r.name)
		if !has {
			v.typ = reflect.TypeFor[any]()
		}
		v.maybe = false
		k.vars = k.vars.With(r.name, v)
	}
	return k
}
