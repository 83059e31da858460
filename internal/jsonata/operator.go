package jsonata

import (
	"math"
	"strings"
	"unicode/utf16"
)

type constNode struct{ v value }

func (n *constNode) eval(*evaluator, *frame, value) (value, error) { return n.v, nil }

type negateNode struct {
	of  node
	pos int
}

func (n *negateNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.of.eval(ev, fr, ctx)
	if err == nil {
		err = numeric(v, "D1002")
	}
	if err != nil || v.kind == undefined {
		return value{}, located(err, "-", n.pos)
	}
	return numberOf(-v.num), nil
}

// binaryNode holds what operators of two operands have in common.
type binaryNode struct {
	l, r node
	op   string
	pos  int
}

func (n *binaryNode) operands(ev *evaluator, fr *frame, ctx value) (l, r value, err error) {
	if l, err = n.l.eval(ev, fr, ctx); err != nil {
		return l, r, err
	}
	r, err = n.r.eval(ev, fr, ctx)
	return l, r, err
}

func (n *binaryNode) fail(err error) (value, error) { return value{}, located(err, n.op, n.pos) }

type arithmeticNode struct {
	binaryNode
	sign byte
}

func (n *arithmeticNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, r, err := n.operands(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if l.kind != number || r.kind != number || isInfinite(l.num) || isInfinite(r.num) {
		return n.odd(l, r)
	}
	return numberOf(n.compute(l.num, r.num)), nil
}

func (n *arithmeticNode) compute(l, r float64) float64 {
	switch n.sign {
	case '+':
		return l + r
	case '-':
		return l - r
	case '*':
		return l * r
	case '/':
		return l / r
	}
	return math.Mod(l, r)
}

// odd deals with operands that are not two finite numbers.
func (n *arithmeticNode) odd(l, r value) (value, error) {
	if err := numeric(l, "T2001"); err != nil {
		return n.fail(err)
	}
	if err := numeric(r, "T2002"); err != nil {
		return n.fail(err)
	}
	return value{}, nil
}

func numeric(v value, code string) error {
	switch {
	case v.kind == undefined:
		return nil
	case v.kind != number || v.num != v.num:
		return dynamicValue(code, v)
	case isInfinite(v.num):
		return dynamicValue("D1001", v)
	}
	return nil
}

// isInfinite tells that f is an infinity or no number.
func isInfinite(f float64) bool { return f-f != 0 }

type equalNode struct {
	binaryNode
	not bool
}

func (n *equalNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, r, err := n.operands(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if l.kind == undefined || r.kind == undefined {
		return value{kind: boolean}, nil
	}
	return booleanOf(ev.equal(l, r) != n.not), nil
}

type order uint8

const (
	less order = iota
	lessEqual
	greater
	greaterEqual
)

type compareNode struct {
	binaryNode
	order order
}

func (n *compareNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, r, err := n.operands(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if l.kind == number && r.kind == number {
		switch n.order {
		case less:
			return booleanOf(l.num < r.num), nil
		case lessEqual:
			return booleanOf(l.num <= r.num), nil
		case greater:
			return booleanOf(l.num > r.num), nil
		}
		return booleanOf(l.num >= r.num), nil
	}
	for _, v := range [...]value{l, r} {
		if v.kind != undefined && v.kind != number && v.kind != text {
			return n.fail(dynamicValue("T2010", v))
		}
	}
	if l.kind == undefined || r.kind == undefined {
		return value{}, nil
	}
	if l.kind != r.kind {
		f := dynamicValue("T2009", l)
		f.value2 = plainForMessage(r)
		return n.fail(f)
	}
	ev.spend(min(len(l.str()), len(r.str())) >> textStep)
	c := compareText(l.str(), r.str())
	switch n.order {
	case less:
		return booleanOf(c < 0), nil
	case lessEqual:
		return booleanOf(c <= 0), nil
	case greater:
		return booleanOf(c > 0), nil
	}
	return booleanOf(c >= 0), nil
}

// compareText orders strings by their UTF-16 code units, as the reference
// implementation does; that differs from the order of bytes only where one
// has a character beyond the basic plane.
func compareText(a, b string) int {
	if c := strings.Compare(a, b); c == 0 || !astral(a) && !astral(b) {
		return c
	}
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return int(x[i]) - int(y[i])
		}
	}
	return len(x) - len(y)
}

func astral(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xF0 {
			return true
		}
	}
	return false
}

type andNode struct {
	l, r       node
	name       string
	pos        int
	depth      int
	reach      int
	shortValue bool // false: and, true: or
}

func (n *andNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, err := n.l.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if ev.truth(l) == n.shortValue {
		return booleanOf(n.shortValue), nil
	}
	if err := ev.enter(n.depth + n.reach); err != nil {
		return value{}, err
	}
	r, err := n.r.eval(ev, fr, ctx)
	if err != nil {
		return value{}, relocated(err, n.name, n.pos)
	}
	return booleanOf(ev.truth(r)), nil
}

// concatNode is a chain of &, flattened: the parts are joined once.
type concatNode struct {
	parts []node
	pos   []int
}

func (n *concatNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	var few [8]string
	texts := few[:0]
	size := 0
	for i, part := range n.parts {
		v, err := part.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		s, err := ev.text(v)
		if err != nil {
			return value{}, located(err, "&", n.pos[i])
		}
		texts = append(texts, s)
		size += len(s)
	}
	if err := ev.chargeText(size); err != nil {
		return value{}, err
	}
	return textOf(strings.Join(texts, "")), nil
}

type inNode struct{ binaryNode }

func (n *inNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, r, err := n.operands(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if l.kind == undefined || r.kind == undefined {
		return booleanOf(false), nil
	}
	if r.kind != array {
		return booleanOf(ev.same(l, r)), nil
	}
	for i := range length(r) {
		if !ev.spend(1) || ev.same(l, item(r, i)) {
			return booleanOf(true), nil
		}
	}
	return booleanOf(false), nil
}

type rangeNode struct{ binaryNode }

// maxRange is the most items that the range operator makes.
const maxRange = 1e7

func (n *rangeNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, r, err := n.operands(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if l.kind != undefined && (l.kind != number || !isWhole(l.num)) {
		return n.fail(dynamicValue("T2003", l))
	}
	if r.kind != undefined && (r.kind != number || !isWhole(r.num)) {
		return n.fail(dynamicValue("T2004", r))
	}
	if l.kind == undefined || r.kind == undefined || l.num > r.num {
		return value{}, nil
	}
	count := r.num - l.num + 1
	if count > maxRange {
		return n.fail(dynamicValue("D2014", numberOf(count)))
	}
	if err := ev.charge(int(count)); err != nil {
		return value{}, err
	}
	return listOf(&list{seq: true, lo: l.num, n: int(count)}), nil
}

// coalesceNode is ??: the left side if it gives anything.
type coalesceNode struct{ l, r node }

func (n *coalesceNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, err := n.l.eval(ev, fr, ctx)
	if err != nil || l.kind != undefined {
		return l, err
	}
	return n.r.eval(ev, fr, ctx)
}

// defaultNode is ?:, the left side if it counts as true.
type defaultNode struct{ l, r node }

func (n *defaultNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, err := n.l.eval(ev, fr, ctx)
	if err != nil || ev.truth(l) {
		return l, err
	}
	return n.r.eval(ev, fr, ctx)
}

func (c *compiler) binary(n *ast) (node, int, error) {
	if n.value == "&" {
		return c.concat(n)
	}
	l, lReach, err := c.below(n.lhs)
	if err != nil {
		return nil, 0, err
	}
	r, rReach, err := c.below(n.rhs)
	if err != nil {
		return nil, 0, err
	}
	b := binaryNode{l: l, r: r, op: n.value, pos: n.pos}
	reach := max(lReach, rReach) + 1
	switch n.typ {
	case astCoalesce:
		return &coalesceNode{l, r}, reach, nil
	case astDefault:
		return &defaultNode{l, r}, reach, nil
	}
	switch n.value {
	case "+", "-", "*", "/", "%":
		return &arithmeticNode{b, n.value[0]}, reach, nil
	case "=", "!=":
		return &equalNode{b, n.value == "!="}, reach, nil
	case "<":
		return &compareNode{b, less}, reach, nil
	case "<=":
		return &compareNode{b, lessEqual}, reach, nil
	case ">":
		return &compareNode{b, greater}, reach, nil
	case ">=":
		return &compareNode{b, greaterEqual}, reach, nil
	case "and", "or":
		return &andNode{l: l, r: r, name: n.value, pos: n.pos, depth: c.depth, reach: rReach, shortValue: n.value == "or"}, lReach + 1, nil
	case "in":
		return &inNode{b}, reach, nil
	case "..":
		return &rangeNode{b}, reach, nil
	}
	return nil, 0, syntaxError("S0204", n.pos, n.value)
}

func (c *compiler) concat(n *ast) (node, int, error) {
	out := &concatNode{}
	reach, level, was := 0, 0, c.depth
	var operands []*ast
	var pos []int
	for n.typ == astBinary && n.value == "&" && (level == 0 || (len(n.predicate) == 0 && n.group == nil && !n.keepArray)) {
		operands = append(operands, n.rhs)
		pos = append(pos, n.pos)
		n = n.lhs
		level++
	}
	operands = append(operands, n)
	pos = append(pos, pos[len(pos)-1])
	for i := len(operands) - 1; i >= 0; i-- {
		at := min(i+1, level) // the left-most operand stands deepest
		c.depth = was + at - 1
		part, deep, err := c.below(operands[i])
		if err != nil {
			return nil, 0, err
		}
		out.parts = append(out.parts, part)
		out.pos = append(out.pos, pos[i])
		reach = max(reach, at+deep)
	}
	c.depth = was
	return out, reach, nil
}
