package jsonata

import "github.com/flowstone-go/flow/internal/document"

// truth is the language's cast to boolean.
func (ev *evaluator) truth(v value) bool {
	switch v.kind {
	case boolean, number:
		return v.num != 0 && v.num == v.num
	case text:
		return v.str() != ""
	case array:
		for i := range length(v) {
			if !ev.spend(1) {
				return false
			}
			if ev.truth(item(v, i)) {
				return true
			}
		}
	case object:
		return size(v) > 0
	}
	return false
}

// equal is deep equality: the order of keys does not matter.
func (ev *evaluator) equal(a, b value) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case number, boolean:
		return a.num == b.num
	case text:
		x, y := a.str(), b.str()
		return len(x) == len(y) && ev.spend(len(x)>>textStep) && x == y
	case null, undefined:
		return true
	case function:
		return a.ref == b.ref
	case array:
		return ev.equalArrays(a, b)
	case object:
		return ev.equalObjects(a, b)
	}
	return false
}

// same is the equality of the operator in: an array or object is the same as
// itself alone, not as another with the same content. Guests in a document,
// which have no identity, are compared by content.
func (ev *evaluator) same(a, b value) bool {
	if a.kind != b.kind || (a.kind != array && a.kind != object) {
		return ev.equal(a, b)
	}
	switch x := a.ref.(type) {
	case *list, *document.Object:
		return a.ref == b.ref
	case []any:
		y, ok := b.ref.([]any)
		return ok && len(x) == len(y) && len(x) > 0 && &x[0] == &y[0]
	}
	return ev.equal(a, b)
}

// textStep says how much of a string is worth a step: 2 to its power.
const textStep = 8

func (ev *evaluator) equalArrays(a, b value) bool {
	n := length(a)
	if n != length(b) {
		return false
	}
	for i := range n {
		if !ev.spend(1) || !ev.equal(item(a, i), item(b, i)) {
			return false
		}
	}
	return true
}

func (ev *evaluator) equalObjects(a, b value) bool {
	if size(a) != size(b) {
		return false
	}
	for k, x := range document.Entries(a.ref) {
		y := member(b, k)
		if !ev.spend(1) || y.kind == undefined || !ev.equal(valueOf(x), y) {
			return false
		}
	}
	return true
}
