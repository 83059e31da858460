package path

import (
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
)

// MaxPadding is how many elements of null [Path.Set] puts in front of the one
// that it writes beyond the end of an array; more are a [MatchError].
const MaxPadding = 10_000

// Set gives doc with value at the place that the path names. doc itself is not
// changed: the containers on the way are copied one level each (Go structs,
// maps and slices become an [document.Object] or []any of their members), all
// else is shared. Missing objects and arrays on the way are created, an array
// that is too short is filled up with null.
//
// A path for [Path.Set] comes from [CompileTarget]. The error is a
// [MatchError]: a step into a value that has no such members, as a name into an
// array or anything into a string, a number or null. A missing document is not
// null: pass an empty object for it.
func (p *Path) Set(doc, value any) (any, error) {
	if !p.plain && len(p.steps) > 0 || p.root != Document {
		return nil, &MatchError{Path: p, Step: p.text, Input: abridge(document.Text(doc)), Reason: "the path can't be written to"}
	}
	if len(p.steps) == 0 {
		return value, nil
	}
	return p.set(0, doc, true, value)
}

// SetOwn is [Path.Set] for an object that nobody else holds: it is changed in
// place. The containers below it are copied, as Set does.
func (p *Path) SetOwn(own *document.Object, value any) (any, error) {
	if len(p.steps) == 0 || p.steps[0].kind != stepName || !p.plain || p.root != Document {
		return p.Set(own, value)
	}
	return p.setMember(0, own, value)
}

// set places value in v, the node before step i; there tells that v exists.
func (p *Path) set(i int, v any, there bool, value any) (any, error) {
	if i == len(p.steps) {
		return value, nil
	}
	s := &p.steps[i]
	if s.kind == stepName {
		o, ok := opened(v, there)
		if !ok {
			return nil, p.mismatch(i, v, "")
		}
		return p.setMember(i, o, value)
	}
	list, ok := listed(v, there, s.index+1)
	switch {
	case !ok:
		return nil, p.mismatch(i, v, "")
	case s.index < 0:
		return nil, p.mismatch(i, v, "a negative index can't be written to")
	case s.index-len(list) > MaxPadding:
		return nil, p.mismatch(i, v, "the index is too far beyond the end of the array")
	}
	has := s.index < len(list)
	for len(list) <= s.index {
		list = append(list, nil)
	}
	child, err := p.set(i+1, list[s.index], has, value)
	if err != nil {
		return nil, err
	}
	list[s.index] = child
	return list, nil
}

// setMember places value in o, which step i names a member of. Where it fails
// o is as it was.
func (p *Path) setMember(i int, o *document.Object, value any) (any, error) {
	name := p.steps[i].name
	child := value
	if i+1 < len(p.steps) {
		old, has := o.Get(name)
		var err error
		if child, err = p.set(i+1, old, has, value); err != nil {
			return nil, err
		}
	}
	o.Set(name, child)
	return o, nil
}

func (p *Path) mismatch(i int, v any, reason string) error {
	s := &p.steps[i]
	name := s.name
	if s.kind == stepIndex {
		name = strconv.Itoa(s.index)
	}
	return &MatchError{Path: p, Step: name, Input: abridge(document.Text(v)), Reason: reason}
}

// opened gives an object of its own with the members of v, which may be a Go
// struct or map.
func opened(v any, there bool) (*document.Object, bool) {
	if !there {
		return document.NewObject(1), true
	}
	if o, ok := v.(*document.Object); ok && o != nil {
		return o.Copy(1), true
	}
	if document.KindOf(v) != document.ObjectKind {
		return nil, false
	}
	o := document.NewObject(document.Len(v) + 1)
	for key, child := range document.Entries(v) {
		o.Set(key, child)
	}
	return o, true
}

// listed gives an array of its own with the elements of v and room for n.
func listed(v any, there bool, n int) ([]any, bool) {
	if !there {
		return nil, true
	}
	if document.KindOf(v) != document.Array {
		return nil, false
	}
	list := make([]any, 0, max(min(n, document.Len(v)+MaxPadding), document.Len(v)))
	for e := range document.Elements(v) {
		list = append(list, e)
	}
	return list, true
}
