package path

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// filter reads what follows [? up to the bracket that closes it.
func (p *parser) filter() (step, error) {
	p.blanks()
	if p.peek() != '(' {
		return step{}, p.fail("a filter is written ?(…)")
	}
	test, err := p.group()
	if err != nil {
		return step{}, err
	}
	return step{kind: stepFilter, filter: test}, nil
}

// group reads a condition in parentheses.
func (p *parser) group() (predicate, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	outer := p.inFilter
	p.inFilter = true
	defer func() { p.inFilter = outer }()
	p.at++
	test, err := p.or()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if !p.take(')') {
		return nil, p.fail("expected ), && or ||")
	}
	return test, nil
}

func (p *parser) or() (predicate, error) {
	return p.joined("||", p.and, func(ps []predicate) predicate { return anyOf(ps) })
}

func (p *parser) and() (predicate, error) {
	return p.joined("&&", p.condition, func(ps []predicate) predicate { return allOf(ps) })
}

func (p *parser) joined(operator string, part func() (predicate, error), join func([]predicate) predicate) (predicate, error) {
	var parts []predicate
	for {
		test, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, test)
		p.blanks()
		if !strings.HasPrefix(p.text[p.at:], operator) {
			break
		}
		p.at += len(operator)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return join(parts), nil
}

func (p *parser) condition() (predicate, error) {
	p.blanks()
	switch {
	case p.peek() == '(':
		return p.group()
	case p.peek() == '!':
		p.at++
		if err := p.enter(); err != nil {
			return nil, err
		}
		test, err := p.condition()
		p.depth--
		if err != nil {
			return nil, err
		}
		return not{test}, nil
	}
	return p.comparison()
}

func (p *parser) comparison() (predicate, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	op, ok := p.operator()
	if !ok {
		if left.kind == literal {
			return nil, p.fail("expected a comparison operator")
		}
		return exists{left}, nil
	}
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	if op == opMatch && (left.pattern == nil) == (right.pattern == nil) {
		return nil, p.fail("=~ has a regular expression on one side: /…/")
	}
	return newComparison(op, left, right), nil
}

// operators in an order in which no one hides a longer one.
var operators = []struct {
	text string
	op   operator
}{
	{"===", opSame},
	{"!==", opNotSame},
	{"==", opEqual},
	{"!=", opNotEqual},
	{"<=", opLessEqual},
	{">=", opGreaterEqual},
	{"=~", opMatch},
	{"<", opLess},
	{">", opGreater},
}

var wordOperators = map[string]operator{
	"in": opIn, "nin": opNotIn, "contains": opContains, "size": opSize, "empty": opEmpty,
	"subsetof": opSubsetOf, "anyof": opAnyOf, "noneof": opNoneOf, "all": opAll,
}

func (p *parser) operator() (operator, bool) {
	p.blanks()
	rest := p.text[p.at:]
	for _, o := range operators {
		if strings.HasPrefix(rest, o.text) {
			p.at += len(o.text)
			return o.op, true
		}
	}
	end := 0
	for end < len(rest) && isLetter(rest[end]) {
		end++
	}
	op, ok := wordOperators[strings.ToLower(rest[:end])]
	if ok {
		p.at += end
	}
	return op, ok
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// operand reads one side of a comparison: a path, or a literal. A word without
// quotes stands for itself, as a string.
func (p *parser) operand() (*operand, error) {
	p.blanks()
	switch c := p.peek(); c {
	case '@', '$':
		return p.pathOperand(c)
	case '\'', '"':
		p.at++
		text, ok := p.quoted(c)
		if !ok {
			return nil, p.fail("the quote is not closed")
		}
		return &operand{kind: literal, value: unescape(text)}, nil
	case '/':
		return p.pattern()
	case '[', '{':
		return p.jsonOperand()
	}
	start := p.at
	for p.more() && !p.endsWord(p.text[p.at]) {
		p.at++
	}
	word := p.text[start:p.at]
	switch word {
	case "":
		return nil, p.fail("expected a value or a path")
	case "true", "false":
		return &operand{kind: literal, value: word == "true"}, nil
	case "null":
		return &operand{kind: literal}, nil
	case "undefined":
		return &operand{kind: literal, undefined: true}, nil
	}
	if c := word[0]; c == '-' || isDigit(c) {
		if v, err := document.Decode([]byte(word)); err == nil {
			return &operand{kind: literal, value: v}, nil
		}
	}
	return &operand{kind: literal, value: word}, nil
}

func (p *parser) endsWord(c byte) bool {
	switch c {
	case ')', '(', '&', '|', '=', '<', '>', '!', ',', ' ', '\t', '\n', '\r', ']', '[':
		return true
	}
	return false
}

func (p *parser) pathOperand(start byte) (*operand, error) {
	p.at++
	if err := p.enter(); err != nil {
		return nil, err
	}
	steps, err := p.steps()
	p.depth--
	if err != nil {
		return nil, err
	}
	o := &operand{kind: current, steps: steps, definite: definite(steps)}
	if start == '$' {
		o.kind = root
	}
	if len(steps) == 1 && steps[0].kind == stepName && o.kind == current {
		o.member = steps[0].name
	}
	return o, nil
}

// pattern reads a regular expression, /…/ with flags behind it.
func (p *parser) pattern() (*operand, error) {
	p.at++
	text, ok := p.quoted('/')
	if !ok {
		return nil, p.fail("the regular expression is not closed")
	}
	flags := ""
	for ; isLetter(p.peek()); p.at++ {
		switch c := p.peek(); c {
		case 'i', 'm', 's':
			flags += string(c)
		case 'u', 'U', 'd': // what Go's expressions do anyway
		default:
			return nil, p.fail("a regular expression has no flag " + string(c) + " here")
		}
	}
	if flags != "" {
		flags = "(?" + flags + ")"
	}
	re, err := regexp.Compile(flags + `\A(?:` + strings.ReplaceAll(text, `\/`, `/`) + `)\z`)
	if err != nil {
		return nil, p.fail("not a regular expression that Go has: " + err.Error())
	}
	return &operand{kind: literal, pattern: re}, nil
}

// jsonOperand reads an array or object in JSON; its strings may stand in
// single quotes.
func (p *parser) jsonOperand() (*operand, error) {
	v, err := p.json()
	if err != nil {
		return nil, err
	}
	return &operand{kind: literal, value: v}, nil
}

func (p *parser) json() (any, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.blanks()
	switch c := p.peek(); c {
	case '[':
		return p.jsonArray()
	case '{':
		return p.jsonObject()
	case '\'', '"':
		p.at++
		text, ok := p.quoted(c)
		if !ok {
			return nil, p.fail("the quote is not closed")
		}
		return unescape(text), nil
	}
	start := p.at
	for p.more() && strings.IndexByte(" \t\r\n,]}:()", p.text[p.at]) < 0 {
		p.at++
	}
	word := p.text[start:p.at]
	if v, err := document.Decode([]byte(word)); err == nil {
		return v, nil
	}
	if word == "" {
		return nil, p.fail("expected a JSON value")
	}
	return nil, p.fail("no JSON value: " + strconv.Quote(abridge(word)))
}

func (p *parser) jsonArray() (any, error) {
	list := []any{}
	p.at++
	p.blanks()
	if p.take(']') {
		return list, nil
	}
	for {
		v, err := p.json()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		p.blanks()
		if p.take(']') {
			return list, nil
		}
		if !p.take(',') {
			return nil, p.fail("expected , or ] in the array")
		}
	}
}

func (p *parser) jsonObject() (any, error) {
	o := document.NewObject(4)
	p.at++
	p.blanks()
	if p.take('}') {
		return o, nil
	}
	for {
		p.blanks()
		quote := p.peek()
		if quote != '"' && quote != '\'' {
			return nil, p.fail("expected a key in quotes")
		}
		p.at++
		key, ok := p.quoted(quote)
		if !ok {
			return nil, p.fail("the quote is not closed")
		}
		p.blanks()
		if !p.take(':') {
			return nil, p.fail("expected : after the key")
		}
		v, err := p.json()
		if err != nil {
			return nil, err
		}
		o.Set(unescape(key), v)
		p.blanks()
		if p.take('}') {
			return o, nil
		}
		if !p.take(',') {
			return nil, p.fail("expected , or } in the object")
		}
	}
}
