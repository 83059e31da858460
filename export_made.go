package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/states"
)

// How values that are made when they are read ([Make], [Const], [Expr]) are
// spelled in the two query languages.

// readsByPath tells whether JSONPath can say what a node is given.
func (w *writing) readsByPath(r *reference) bool {
	if r.hasOr {
		return false
	}
	switch r.source {
	case fromParts:
		return templated(Parts(r.parts))
	case fromConstant:
		if w.n.gives {
			return true
		}
		v, ok, err := constantValue(r.constant, false)
		_, object := v.(*document.Object)
		return ok && object && err == nil
	case fromExpression:
		return !intrinsic.IsCall(r.text)
	}
	return true
}

// selectsByPath tells whether JSONPath can say what of a result counts: an
// object that is made of parts, or a path, unless that goes to a place.
func (w *writing) selectsByPath(r *reference) bool {
	if r.source == fromParts || r.source == fromConstant {
		return w.readsByPath(r)
	}
	return !r.hasOr && w.into() == nil && (r.source != fromExpression || !intrinsic.IsCall(r.text))
}

// selects says what of a result counts.
func (w *writing) selects() {
	if r := w.n.selects; r.source == fromParts || r.source == fromConstant {
		w.out.ResultSelector = states.Of(w.templateOf(r))
	} else {
		w.out.OutputPath = states.Of(w.pathOf(r))
	}
}

// selected spells in JSONata what of a result counts: there the document of the
// reference is the result.
func (w *writing) selected() string {
	w.vars.root = "$states.result"
	text := w.read(w.n.selects)
	w.vars.root = ""
	return text
}

// templated tells whether a payload template can say a part.
func templated(v any) bool {
	switch v := v.(type) {
	case AnyRef:
		switch r := refOf(v); {
		case r.hasOr:
			return false
		case r.source == fromParts:
			return templated(Parts(r.parts))
		case r.source == fromConstant:
			return templated(r.constant)
		}
		return true
	case Parts:
		for name, part := range v {
			if strings.HasSuffix(name, ".$") || !templated(part) {
				return false
			}
		}
		return true
	case []any:
		for _, e := range v {
			if r, ok := e.(AnyRef); ok && refOf(r).source != fromParts && refOf(r).source != fromConstant || !templated(e) {
				return false
			}
		}
		return true
	}
	_, ok, err := constantValue(v, false)
	return ok && err == nil
}

// templateOf spells what is made as a payload template.
func (w *writing) templateOf(r *reference) any {
	if r.source == fromConstant {
		v, err := document.Canonical(r.constant)
		w.unsaid(err)
		return v
	}
	return w.template(Parts(r.parts))
}

func (w *writing) template(v any) any {
	switch v := v.(type) {
	case AnyRef:
		return w.templateOf(refOf(v))
	case Parts:
		o := document.NewObject(len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			part, isRef := v[name].(AnyRef)
			if r := refOf(part); isRef && r.source != fromParts && r.source != fromConstant {
				o.Set(name+".$", w.pathOf(r))
				continue
			}
			o.Set(name, w.template(v[name]))
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = w.template(e)
		}
		return list
	}
	plain, err := document.Canonical(v)
	w.unsaid(err)
	return plain
}

// pathOf spells a reference as a path, or whatever may stand in its place.
func (w *writing) pathOf(r *reference) string {
	switch {
	case r.source == fromExpression:
		if w.vars.own && len(r.variables) > 0 {
			w.wrong(w.n.spec, "read the variable with Var", "an Expr that reads a variable of a flow that is called")
		}
		return r.text
	case r.making != nil:
		w.wrong(w.n.spec, "have a Give put it into the document", "%s in this place", r)
		return "$"
	}
	return w.vars.pathOf(r)
}

// made spells what is made in JSONata.
func (v renaming) made(r *reference) (string, error) {
	switch r.source {
	case fromConstant:
		return literal(r.constant)
	case fromParts:
		return v.part(Parts(r.parts))
	}
	return "", fmt.Errorf("the expression %q is in JSONPath, and the node has to be in JSONata for something else", r.text)
}

func (v renaming) part(part any) (string, error) {
	switch part := part.(type) {
	case AnyRef:
		return v.read(refOf(part))
	case Parts:
		all := make([]string, 0, len(part))
		for _, name := range slices.Sorted(maps.Keys(part)) {
			text, err := v.part(part[name])
			if err != nil {
				return "", err
			}
			all = append(all, string(document.AppendString(nil, name))+": "+text)
		}
		return "{" + strings.Join(all, ", ") + "}", nil
	case []any:
		all := make([]string, len(part))
		for i, e := range part {
			text, err := v.part(e)
			if err != nil {
				return "", err
			}
			all[i] = text
		}
		return "[" + strings.Join(all, ", ") + "]", nil
	}
	return literal(part)
}
