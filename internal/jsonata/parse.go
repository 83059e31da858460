package jsonata

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// maxNesting bounds how deep brackets and operators may be nested in an
// expression, so that no text can exhaust the stack of the compiler.
const maxNesting = 2000

// maxSignature bounds the length of what a function declares of its arguments.
const maxSignature = 1000

// power is the left binding power of an operator.
func power(op string) int {
	switch op {
	case "[", "(", "@", "#":
		return 80
	case ".":
		return 75
	case "{":
		return 70
	case "*", "/", "%":
		return 60
	case "+", "-", "&":
		return 50
	case "=", "<", ">", "^", "!=", "<=", ">=", "~>", "in", "?:", "??":
		return 40
	case "and":
		return 30
	case "or":
		return 25
	case "?":
		return 20
	case ":=":
		return 10
	}
	return 0
}

// parser is a Pratt parser: each operator says how tightly it binds to what
// stands left of it.
type parser struct {
	lexer
	*arena
	tok   token
	depth int
}

// parse gives the syntax tree of an expression, not yet shaped; halves tells
// that one of its strings has half of a surrogate pair.
func (a *arena) parse(src string, newer bool) (tree *ast, halves bool, err error) {
	p := parser{lexer: lexer{src: src, newer: newer}, arena: a}
	if err := p.read(false); err != nil {
		return nil, false, err
	}
	if tree, err = p.expression(0); err != nil {
		return nil, false, err
	}
	if p.tok.kind != tokenEnd {
		return nil, false, p.unexpected("S0201")
	}
	return tree, p.halves, nil
}

func (p *parser) read(infix bool) error {
	tok, err := p.next(infix)
	p.tok = tok
	if err == nil && tok.kind == tokenOperator && (tok.text == "!" || tok.text == "~") {
		return syntaxError("S0204", tok.pos, tok.text)
	}
	return err
}

func (p *parser) at(op string) bool { return p.tok.kind == tokenOperator && p.tok.text == op }

// expect passes over an operator that must stand here.
func (p *parser) expect(op string, infix bool) error {
	if !p.at(op) {
		code := "S0202"
		if p.tok.kind == tokenEnd {
			code = "S0203"
		}
		f := p.unexpected(code)
		f.value = op
		return f
	}
	return p.read(infix)
}

// unexpected is an error about the token that stands here, which messages
// show as the value it is.
func (p *parser) unexpected(code string) *fault {
	f := syntaxError(code, p.tok.pos, p.tok.text)
	switch p.tok.kind {
	case tokenEnd:
		f.Token = "(end)"
	case tokenNumber:
		f.Token, f.bareToken = document.Text(p.tok.num), true
	case tokenValue:
		f.bareToken = true
	}
	return f
}

func (p *parser) power() int {
	if p.tok.kind != tokenOperator {
		return 0
	}
	return power(p.tok.text)
}

// expression reads an operand and all operators that bind tighter than right.
func (p *parser) expression(right int) (*ast, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, tooNested(p.tok.pos)
	}
	out, err := p.climb(right)
	p.depth--
	return out, err
}

func (p *parser) climb(right int) (*ast, error) {
	tok := p.tok
	if err := p.read(true); err != nil {
		return nil, err
	}
	left, err := p.operand(tok)
	if err != nil {
		return nil, err
	}
	for chain := 0; right < p.power(); chain++ {
		if chain > 5*maxNesting {
			return nil, tooNested(p.tok.pos)
		}
		op := p.tok
		if err := p.read(false); err != nil {
			return nil, err
		}
		if left, err = p.operator(op, left); err != nil {
			return nil, err
		}
	}
	return left, nil
}

func tooNested(pos int) error {
	f := syntaxError("S0201", pos, "")
	f.Message = "Syntax error: the expression is nested too deep"
	return f
}

// operand reads what begins with a token that stands where a value is due.
func (p *parser) operand(tok token) (*ast, error) {
	n := ast{pos: tok.pos, value: tok.text}
	switch tok.kind {
	case tokenEnd: // an error once it is known that nothing else is missing
		n.typ, n.value = astEnd, "(end)"
	case tokenName:
		n.typ = astName
	case tokenVariable:
		n.typ = astVariable
	case tokenString:
		n.typ = astString
	case tokenNumber:
		n.typ, n.num = astNumber, tok.num
	case tokenValue:
		n.typ = astValue
	case tokenRegex:
		n.typ, n.flags = astRegex, tok.flags
	case tokenOperator:
		return p.prefix(tok)
	}
	return p.node(n), nil
}

func (p *parser) prefix(tok token) (*ast, error) {
	n := p.node(ast{pos: tok.pos, value: tok.text})
	var err error
	switch tok.text {
	case "*":
		n.typ = astWildcard
	case "**":
		n.typ = astDescendant
	case "%":
		n.typ = astParent
	case "and", "or", "in":
		n.typ = astOperator
	case "-":
		n.typ = astNegate
		n.lhs, err = p.expression(70)
	case "(":
		return n, p.block(n)
	case "[":
		return n, p.array(n)
	case "{":
		n.typ = astObject
		n.pairs, err = p.pairs()
	case "|":
		return n, p.transform(n)
	default:
		return nil, syntaxError("S0211", tok.pos, tok.text)
	}
	return n, err
}

func (p *parser) block(n *ast) (err error) {
	n.typ = astBlock
	for !p.at(")") {
		e, err := p.expression(0)
		if err != nil {
			return err
		}
		n.list = append(n.list, e)
		if !p.at(";") {
			break
		}
		if err := p.read(false); err != nil {
			return err
		}
	}
	return p.expect(")", true)
}

func (p *parser) array(n *ast) error {
	n.typ = astArray
	for !p.at("]") {
		e, err := p.expression(0)
		if err != nil {
			return err
		}
		if p.at("..") {
			r := p.node(ast{typ: astBinary, value: "..", pos: p.tok.pos, lhs: e})
			if err := p.read(false); err != nil {
				return err
			}
			if r.rhs, err = p.expression(0); err != nil {
				return err
			}
			e = r
		}
		n.list = append(n.list, e)
		if !p.at(",") {
			break
		}
		if err := p.read(false); err != nil {
			return err
		}
		if p.at("]") { // a comma must be followed by an item
			return syntaxError("S0211", p.tok.pos, "]")
		}
	}
	return p.expect("]", true)
}

func (p *parser) pairs() ([]pair, error) {
	var out []pair
	for !p.at("}") {
		key, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		if err := p.expect(":", false); err != nil {
			return nil, err
		}
		v, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		out = append(out, pair{key, v})
		if !p.at(",") {
			break
		}
		if err := p.read(false); err != nil {
			return nil, err
		}
		if p.at("}") {
			return nil, syntaxError("S0211", p.tok.pos, "}")
		}
	}
	return out, p.expect("}", true)
}

func (p *parser) transform(n *ast) (err error) {
	n.typ = astTransform
	if n.lhs, err = p.expression(0); err != nil {
		return err
	}
	if err = p.expect("|", false); err != nil {
		return err
	}
	if n.rhs, err = p.expression(0); err != nil {
		return err
	}
	if p.at(",") {
		if err = p.read(false); err != nil {
			return err
		}
		if n.third, err = p.expression(0); err != nil {
			return err
		}
	}
	return p.expect("|", true)
}

// operator reads what follows an operator behind a left operand.
func (p *parser) operator(op token, left *ast) (*ast, error) {
	n := p.node(ast{typ: astBinary, pos: op.pos, value: op.text, lhs: left})
	var err error
	switch op.text {
	case "(":
		return n, p.call(n, left)
	case "[":
		return p.predicate(n, left)
	case "{":
		n.pairs, err = p.pairs()
	case "^":
		return n, p.order(n)
	case ":=":
		if left.typ != astVariable {
			return nil, syntaxError("S0212", left.pos, left.value)
		}
		n.rhs, err = p.expression(power(":=") - 1)
	case "@", "#":
		if n.rhs, err = p.expression(power(op.text)); err == nil && n.rhs.typ != astVariable {
			return nil, syntaxError("S0214", n.rhs.pos, op.text)
		}
	case "?":
		n.typ = astCondition
		if n.rhs, err = p.expression(0); err == nil && p.at(":") {
			if err = p.read(false); err == nil {
				n.third, err = p.expression(0)
			}
		}
	case "?:":
		n.typ = astDefault
		n.rhs, err = p.expression(0)
	case "??":
		n.typ = astCoalesce
		n.rhs, err = p.expression(0)
	default:
		n.rhs, err = p.expression(power(op.text))
	}
	return n, err
}

func (p *parser) predicate(n, left *ast) (*ast, error) {
	if p.at("]") { // []: keep an array
		step := left
		for step.typ == astBinary && step.value == "[" {
			step = step.lhs
		}
		step.keepArray = true
		return left, p.expect("]", true)
	}
	var err error
	if n.rhs, err = p.expression(0); err != nil {
		return nil, err
	}
	return n, p.expect("]", true)
}

func (p *parser) order(n *ast) error {
	if err := p.expect("(", false); err != nil {
		return err
	}
	for {
		t := term{desc: p.at(">")}
		if p.at("<") || p.at(">") {
			if err := p.read(false); err != nil {
				return err
			}
		}
		var err error
		if t.expr, err = p.expression(0); err != nil {
			return err
		}
		n.terms = append(n.terms, t)
		if !p.at(",") {
			return p.expect(")", true)
		}
		if err := p.read(false); err != nil {
			return err
		}
	}
}

func (p *parser) call(n, procedure *ast) error {
	n.typ = astFunction
	for !p.at(")") {
		if p.at("?") {
			n.typ = astPartial
			n.list = append(n.list, p.node(ast{typ: astPlaceholder, pos: p.tok.pos, value: "?"}))
			if err := p.read(true); err != nil {
				return err
			}
		} else {
			arg, err := p.expression(0)
			if err != nil {
				return err
			}
			n.list = append(n.list, arg)
		}
		if !p.at(",") {
			break
		}
		if err := p.read(false); err != nil {
			return err
		}
		if p.at(")") {
			return syntaxError("S0211", p.tok.pos, ")")
		}
	}
	if err := p.expect(")", true); err != nil {
		return err
	}
	if procedure.typ == astName && (procedure.value == "function" || procedure.value == "λ") {
		return p.lambda(n)
	}
	return nil
}

func (p *parser) lambda(n *ast) error {
	for i, arg := range n.list {
		if arg.typ != astVariable {
			f := syntaxError("S0208", arg.pos, arg.value)
			f.value = float64(i + 1)
			return f
		}
	}
	n.typ, n.lhs = astLambda, nil
	if p.at("<") {
		at := p.tok.pos
		var sig strings.Builder
		sig.WriteByte('<')
		for depth := 1; depth > 0 && !p.at("{") && p.tok.kind != tokenEnd; {
			if err := p.read(false); err != nil {
				return err
			}
			switch {
			case p.at(">"):
				depth--
			case p.at("<"):
				depth++
			}
			sig.WriteString(p.tok.text)
			if sig.Len() > maxSignature {
				return tooNested(p.tok.pos)
			}
		}
		if err := p.expect(">", false); err != nil {
			return err
		}
		var err error
		if n.sig, err = parseSignature(sig.String()); err != nil {
			return located(err, "", at)
		}
	}
	if err := p.expect("{", false); err != nil {
		return err
	}
	var err error
	if n.lhs, err = p.expression(0); err != nil {
		return err
	}
	return p.expect("}", true)
}
