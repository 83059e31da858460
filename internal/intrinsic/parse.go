package intrinsic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

type parser struct {
	text string
	at   int
}

func (p *parser) fail(problem string, args ...any) error {
	return &SyntaxError{Text: p.text, Offset: p.at, Problem: fmt.Sprintf(problem, args...)}
}

func (p *parser) blanks() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) whole() (*call, error) {
	if len(p.text) > path.MaxLength {
		return nil, p.fail("longer than %d bytes", path.MaxLength)
	}
	c, err := p.call(1)
	if err != nil {
		return nil, err
	}
	if p.at < len(p.text) {
		return nil, p.fail("text goes on after the call")
	}
	return c, nil
}

func (p *parser) call(depth int) (*call, error) {
	if depth > MaxNesting {
		return nil, p.fail("calls are nested more than %d deep", MaxNesting)
	}
	start := p.at
	if !strings.HasPrefix(p.text[p.at:], "States.") {
		return nil, p.fail("a call starts with States.")
	}
	p.at += len("States.")
	nameAt := p.at
	for p.at < len(p.text) && isNameByte(p.text[p.at]) {
		p.at++
	}
	name := p.text[nameAt:p.at]
	f, ok := functions[name]
	if !ok {
		p.at = start
		return nil, p.fail("there is no function States.%s", abridge(name))
	}
	if !p.take('(') {
		return nil, p.fail("expected (")
	}
	c := &call{function: f}
	p.blanks()
	for !p.take(')') {
		if len(c.args) > 0 {
			if !p.take(',') {
				return nil, p.fail("expected , or )")
			}
			p.blanks()
		}
		arg, err := p.argument(depth)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
		p.blanks()
	}
	if n := len(c.args); n < f.least || (f.most >= 0 && n > f.most) {
		p.at = start
		return nil, p.fail("States.%s takes %s, not %d", name, f.arguments(), n)
	}
	return c, nil
}

// arguments words how many there may be.
func (f *function) arguments() string {
	switch {
	case f.most < 0:
		return "at least " + strconv.Itoa(f.least) + " arguments"
	case f.most != f.least:
		return strconv.Itoa(f.least) + " or " + strconv.Itoa(f.most) + " arguments"
	}
	return strconv.Itoa(f.least) + " arguments"
}

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

func (p *parser) argument(depth int) (argument, error) {
	if p.at == len(p.text) {
		return nil, p.fail("an argument is missing")
	}
	switch p.text[p.at] {
	case '\'':
		return p.quoted()
	case '$':
		ref, n, err := path.CompilePrefix(p.text[p.at:])
		if syntax, ok := errors.AsType[*path.SyntaxError](err); ok {
			p.at += syntax.Offset
			return nil, p.fail("%s", syntax.Problem)
		}
		p.at += n
		return reference{ref}, nil
	case 'S':
		return p.call(depth + 1)
	}
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n,)", p.text[p.at]) < 0 {
		p.at++
	}
	word := p.text[start:p.at]
	switch word {
	case "true", "false":
		return constant{word == "true"}, nil
	case "null":
		return constant{nil}, nil
	}
	if word != "" && (word[0] == '-' || word[0] >= '0' && word[0] <= '9') {
		if v, err := document.Decode([]byte(word)); err == nil {
			return constant{v}, nil
		}
	}
	p.at = start
	return nil, p.fail("an argument is a text in single quotes, a number, true, false, null, a path or a call")
}

// quoted reads a text up to its closing quote. A backslash stands only before
// one of ' { } and \, as AWS checks when a state machine is created (it refuses
// \"), and in \n, \r and \t, which AWS's language service takes.
func (p *parser) quoted() (argument, error) {
	open := p.at
	p.at++
	start := p.at
	var b strings.Builder
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		switch c {
		case '\'':
			written := p.text[start:p.at]
			p.at++
			return text{b.String(), written}, nil
		case '\\':
			p.at++
			var ok bool
			if c, ok = escaped(p.text[p.at:]); !ok {
				return nil, p.fail(`a backslash stands only before ' { } \ n r and t`)
			}
		}
		b.WriteByte(c)
	}
	p.at = open
	return nil, p.fail("the quote is not closed")
}

// escaped gives what the character after a backslash stands for.
func escaped(rest string) (byte, bool) {
	if rest == "" {
		return 0, false
	}
	switch c := rest[0]; c {
	case '\'', '{', '}', '\\':
		return c, true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}
