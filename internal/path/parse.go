package path

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads a path from the start of text.
type parser struct {
	text      string
	at        int
	reference bool // only names and indexes
	prefix    bool // a bare name ends at , ) and white space
	inFilter  bool // a bare name ends at an operator too
	depth     int
}

func (p *parser) fail(problem string) error {
	return &SyntaxError{Text: p.text, Offset: p.at, Problem: problem}
}

func (p *parser) more() bool { return p.at < len(p.text) }

// peek gives the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// take skips c if it comes next.
func (p *parser) take(c byte) bool {
	if p.more() && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) blanks() {
	for p.more() && isBlank(p.text[p.at]) {
		p.at++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// enter counts one level of nesting; the caller subtracts it again.
func (p *parser) enter() error {
	if p.depth++; p.depth > MaxNesting {
		return p.fail("nested more than " + strconv.Itoa(MaxNesting) + " deep")
	}
	return nil
}

func (p *parser) whole() (*Path, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, p.fail("expected . or [")
	}
	return path, nil
}

func (p *parser) path() (*Path, error) {
	if len(p.text) > MaxLength {
		return nil, p.fail("longer than " + strconv.Itoa(MaxLength) + " bytes")
	}
	start := p.at
	if !p.take('$') {
		return nil, p.fail("a path starts with $")
	}
	path := &Path{}
	switch {
	case p.take('$'):
		path.root = Context
	case p.more() && startsName(p.text[p.at:]):
		path.root = Variable
		path.variable = p.variable()
	}
	var err error
	if path.steps, err = p.steps(); err != nil {
		return nil, err
	}
	path.text = p.text[start:p.at]
	path.definite = definite(path.steps)
	path.plain = !slices.ContainsFunc(path.steps, func(s step) bool {
		return (s.kind != stepName && s.kind != stepIndex) || s.written != ""
	})
	return path, nil
}

// startsName tells that text starts with a character that a variable's name
// may start with (ID_Start of Unicode).
func startsName(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
}

func (p *parser) variable() string {
	start := p.at
	for p.more() {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if !ContinuesName(r) {
			break
		}
		p.at += size
	}
	return p.text[start:p.at]
}

// ContinuesName tells that r may stand in the name of a workflow variable
// after its first character (ID_Continue of Unicode).
func ContinuesName(r rune) bool {
	return unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start,
		unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}

// ValidName tells that name may be the name of a workflow variable: of ID_Start
// and ID_Continue characters, at most 80 of them, and not "states".
func ValidName(name string) bool {
	if !startsName(name) || name == "states" || utf8.RuneCountInString(name) > 80 {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !ContinuesName(r) })
}

// definite tells that steps lead to one node. A function after a scan makes
// one value of all that the scan found.
func definite(steps []step) bool {
	ok := true
	for i := range steps {
		switch steps[i].kind {
		case stepIndexes, stepSlice, stepWildcard, stepScan, stepFilter:
			ok = false
		case stepFunction:
			ok = ok || gathers(steps[:i])
		default:
		}
	}
	return ok
}

// gathers tells that a function behind steps takes all that they find at once,
// not one after another.
func gathers(steps []step) bool {
	return slices.ContainsFunc(steps, func(s step) bool { return s.kind == stepScan })
}

func (p *parser) steps() ([]step, error) {
	var steps []step
	for p.more() {
		before := len(steps)
		var err error
		switch p.peek() {
		case '.':
			steps, err = p.dotted(steps)
		case '[':
			steps, err = p.bracketed(steps)
		default:
			return steps, nil
		}
		if err != nil {
			return nil, err
		}
		if p.reference && steps[before].kind != stepName && steps[before].kind != stepIndex {
			return nil, p.fail("a reference path has only names and indexes")
		}
	}
	return steps, nil
}

func (p *parser) dotted(steps []step) ([]step, error) {
	p.at++
	if p.take('.') {
		steps = append(steps, step{kind: stepScan})
	}
	switch c := p.peek(); {
	case !p.more():
		return nil, p.fail("the path ends with a dot")
	case c == '.':
		return nil, p.fail("a name is missing between dots")
	case c == '[':
		return p.bracketed(steps) // $.[0] means $[0]
	}
	return p.bare(steps)
}

// bare reads a name without quotes, a wildcard, or the call of a function.
func (p *parser) bare(steps []step) ([]step, error) {
	start := p.at
	escaped := false
	for p.more() && !p.endsBare(p.text[p.at]) {
		c := p.text[p.at]
		if c == '\\' {
			escaped = true
			p.at++
			if !p.more() {
				return nil, p.fail("nothing follows the backslash")
			}
		} else if p.reference && strings.IndexByte("@,:?*", c) >= 0 {
			return nil, p.fail("a reference path has no " + string(c) + " outside quotes")
		} else if c <= ' ' || c == ')' || c == ']' {
			return nil, p.fail("a name with " + strconv.Quote(string(c)) + " is written in brackets and quotes")
		}
		p.at++
	}
	written := p.text[start:p.at]
	switch {
	case written == "":
		return nil, p.fail("a name is missing")
	case p.peek() == '(':
		return p.function(steps, written)
	case written == "*":
		return append(steps, step{kind: stepWildcard}), nil
	case escaped:
		return append(steps, step{kind: stepName, name: unescapeBare(written)}), nil
	}
	return append(steps, step{kind: stepName, name: written}), nil
}

func (p *parser) endsBare(c byte) bool {
	switch c {
	case '.', '[', '(':
		return true
	case ',', ')', ' ', '\t', '\n', '\r':
		return p.prefix || p.inFilter
	case '=', '<', '>', '!', '~', '&', '|', ']', '\'', '"', '}':
		return p.inFilter
	}
	return false
}

func (p *parser) bracketed(steps []step) ([]step, error) {
	p.at++
	p.blanks()
	var (
		s   step
		err error
	)
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		s, err = p.quotedNames(c)
	case c == '*':
		p.at++
		s = step{kind: stepWildcard}
	case c == '?':
		p.at++
		s, err = p.filter()
	case c == '-' || c == ':' || isDigit(c):
		s, err = p.places()
	default:
		err = p.fail("expected a name in quotes, an index, *, or a filter ?(…)")
	}
	if err != nil {
		return nil, err
	}
	p.blanks()
	if !p.take(']') {
		return nil, p.fail("expected ]")
	}
	return append(steps, s), nil
}

func (p *parser) quotedNames(quote byte) (step, error) {
	var names, written []string
	for {
		if !p.take(quote) {
			return step{}, p.fail("expected a name in quotes")
		}
		text, ok := p.quoted(quote)
		if !ok {
			return step{}, p.fail("the quote is not closed")
		}
		names, written = append(names, unescape(text)), append(written, text)
		p.blanks()
		if !p.take(',') {
			break
		}
		p.blanks()
	}
	if len(names) > 1 {
		return step{kind: stepNames, names: names}, nil
	}
	s := step{kind: stepName, name: names[0]}
	if written[0] != names[0] {
		s.written = written[0]
	}
	return s, nil
}

// quoted reads up to the closing quote, past it, and gives the text between as
// it is written.
func (p *parser) quoted(quote byte) (string, bool) {
	start := p.at
	for ; p.more(); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case quote:
			p.at++
			return p.text[start : p.at-1], true
		}
	}
	p.at = len(p.text)
	return "", false
}

// places reads indexes or a slice.
func (p *parser) places() (step, error) {
	from, err := p.place()
	if err != nil {
		return step{}, err
	}
	p.blanks()
	if p.take(':') {
		p.blanks()
		to, err := p.place()
		if err != nil {
			return step{}, err
		}
		if from == nil && to == nil {
			return step{}, p.fail("a slice has a start or an end")
		}
		return step{kind: stepSlice, from: from, to: to}, nil
	}
	if from == nil {
		return step{}, p.fail("expected an index")
	}
	indexes := []int{*from}
	for p.take(',') {
		p.blanks()
		i, err := p.place()
		if err != nil {
			return step{}, err
		}
		if i == nil {
			return step{}, p.fail("expected an index")
		}
		indexes = append(indexes, *i)
		p.blanks()
	}
	if len(indexes) > 1 {
		return step{kind: stepIndexes, indexes: indexes}, nil
	}
	return step{kind: stepIndex, index: indexes[0]}, nil
}

// place reads an integer; nil where none stands.
func (p *parser) place() (*int, error) {
	start := p.at
	p.take('-')
	for isDigit(p.peek()) {
		p.at++
	}
	if p.at == start {
		return nil, nil //nolint:nilnil // an end of a slice may be left out
	}
	i, err := strconv.ParseInt(p.text[start:p.at], 10, 32)
	if err != nil {
		return nil, p.fail("an index is a whole number of 32 bits")
	}
	n := int(i)
	return &n, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
