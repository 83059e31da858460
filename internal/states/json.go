package states

import (
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// jsonError is a text that is no JSON, in the words of the parser that AWS
// uses, so that diagnostics and exceptions read the same.
type jsonError struct {
	code    Code
	message string
	offset  int // where the parser stood
	past    int // columns beyond the offset: it does not count a line break inside a text as one
}

// jsonReader reads JSON into nodes. It takes exactly RFC 8259, refuses a key
// that stands twice in one object, and ends in a panic of jsonError, which
// readJSON recovers.
type jsonReader struct {
	text  []byte
	pos   int
	depth int
	slab  []node
}

const valueList = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

// readJSON reads a whole text. A text of nothing but space gives no node and
// no error.
func readJSON(text []byte) (root *node, failure *jsonError) {
	r := &jsonReader{text: text}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case jsonError:
			root, failure = nil, &e
		default:
			panic(e)
		}
	}()
	r.space()
	if r.pos == len(text) {
		return nil, nil
	}
	root = r.value(nil)
	r.space()
	if r.pos < len(text) {
		r.odd()
	}
	return root, nil
}

func (r *jsonReader) fail(offset int, format string, args ...any) {
	panic(jsonError{code: InvalidJSON, message: fmt.Sprintf(format, args...), offset: offset})
}

// space skips white space.
func (r *jsonReader) space() {
	for ; r.pos < len(r.text); r.pos++ {
		switch c := r.text[r.pos]; {
		case c == ' ', c == '\t', c == '\n', c == '\r':
		case c < ' ':
			r.pos++
			r.fail(r.pos, "Illegal character (%s): only regular white space (\\r, \\n, \\t) is allowed between tokens", charName(rune(c)))
		default:
			return
		}
	}
}

// next skips white space inside an array or object, and gives the byte that
// follows without taking it.
func (r *jsonReader) next(in *node) byte {
	r.space()
	if r.pos == len(r.text) {
		r.fail(r.pos, "Unexpected end-of-input: expected close marker for %s (start marker at %s)", containerName(in), sourceAt(r.text, in.offset))
	}
	return r.text[r.pos]
}

func containerName(n *node) string {
	if n.kind == document.Array {
		return "Array"
	}
	return "Object"
}

func (r *jsonReader) node(parent *node, kind document.Kind) *node {
	if len(r.slab) == 0 {
		r.slab = make([]node, 64)
	}
	n := &r.slab[0]
	r.slab = r.slab[1:]
	n.kind, n.parent, n.offset = kind, parent, r.pos
	return n
}

func (r *jsonReader) value(parent *node) *node {
	switch c := r.text[r.pos]; {
	case c == '{':
		return r.object(parent)
	case c == '[':
		return r.array(parent)
	case c == '"':
		n := r.node(parent, document.String)
		n.scalar = r.str(": was expecting closing quote for a string value")
		return n
	case c == 't':
		return r.literal(parent, "true", document.Bool, true)
	case c == 'f':
		return r.literal(parent, "false", document.Bool, false)
	case c == 'n':
		return r.literal(parent, "null", document.Null, nil)
	case c == '-', c >= '0' && c <= '9':
		n := r.node(parent, document.Number)
		n.scalar = r.number()
		return n
	}
	r.odd()
	return nil
}

func (r *jsonReader) enter() {
	if r.depth++; r.depth > document.MaxDepth {
		panic(jsonError{code: TooDeeplyNested, message: fmt.Sprintf("The definition is nested more than %d deep", document.MaxDepth), offset: r.pos})
	}
}

func (r *jsonReader) object(parent *node) *node {
	n := r.node(parent, document.ObjectKind)
	r.enter()
	r.pos++
	var seen map[string]bool
	if r.next(n) == '}' {
		return r.leave(n)
	}
	for {
		if c := r.text[r.pos]; c != '"' {
			r.oddName(c)
		}
		at := r.pos
		key := r.str(" in field name")
		if seen = r.twice(n, seen, key); seen == nil && len(n.items) >= 16 {
			seen = make(map[string]bool, 64)
			for _, item := range n.items {
				seen[item.key] = true
			}
			seen[key] = true
		}
		if r.next(n) != ':' {
			r.unexpected("was expecting a colon to separate field name and value")
		}
		r.pos++
		r.between(n)
		member := r.value(n)
		member.key, member.index = key, at
		n.items = append(n.items, member)
		switch r.next(n) {
		case ',':
			r.pos++
			r.between(n)
		case '}':
			return r.leave(n)
		default:
			r.noComma(n)
		}
	}
}

// twice refuses a key that the object has. seen is kept for large objects.
func (r *jsonReader) twice(n *node, seen map[string]bool, key string) map[string]bool {
	found := seen[key]
	if seen == nil {
		found = n.get(key) != nil
	} else {
		seen[key] = true
	}
	if found {
		r.fail(r.pos, "Duplicate field '%s'", key)
	}
	return seen
}

func (r *jsonReader) array(parent *node) *node {
	n := r.node(parent, document.Array)
	r.enter()
	r.pos++
	if r.next(n) == ']' {
		return r.leave(n)
	}
	for {
		item := r.value(n)
		item.index = len(n.items)
		n.items = append(n.items, item)
		switch r.next(n) {
		case ',':
			r.pos++
			r.between(n)
		case ']':
			return r.leave(n)
		default:
			r.noComma(n)
		}
	}
}

func (r *jsonReader) leave(n *node) *node {
	r.depth--
	r.pos++
	return n
}

// between skips white space where a value or a name has to follow.
func (r *jsonReader) between(in *node) {
	r.space()
	if r.pos == len(r.text) {
		r.fail(r.pos, "Unexpected end-of-input within/between %s entries", containerName(in))
	}
}

func (r *jsonReader) noComma(in *node) {
	c := r.text[r.pos]
	if c == '}' || c == ']' {
		want := byte('}')
		if c == '}' {
			want = ']'
		}
		r.pos++
		r.fail(r.pos, "Unexpected close marker '%c': expected '%c' (for %s starting at %s)", c, want, containerName(in), sourceAt(r.text, in.offset))
	}
	r.unexpected("was expecting comma to separate " + containerName(in) + " entries")
}

// odd refuses what stands where a value ought to.
func (r *jsonReader) odd() {
	c, _ := utf8.DecodeRune(r.text[r.pos:])
	switch {
	case identifier(c):
		r.token(r.pos)
	case c == '/':
		r.unexpected("maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)")
	default:
		r.unexpected("expected a valid value " + valueList)
	}
}

func (r *jsonReader) oddName(c byte) {
	if c == '/' {
		r.odd()
	}
	r.unexpected("was expecting double-quote to start field name")
}

// unexpected refuses the character at hand.
func (r *jsonReader) unexpected(why string) {
	c, size := utf8.DecodeRune(r.text[r.pos:])
	r.pos += size
	r.fail(r.pos, "Unexpected character (%s): %s", charName(c), why)
}

// token refuses the word that starts at an offset.
func (r *jsonReader) token(start int) {
	end := start
	for n := 0; end < len(r.text) && n < 256; n++ {
		c, size := utf8.DecodeRune(r.text[end:])
		if !identifier(c) && !unicode.IsDigit(c) {
			break
		}
		end += size
	}
	r.fail(end, "Unrecognized token '%s': was expecting %s", r.text[start:end], valueList)
}

func identifier(c rune) bool {
	return c == '_' || c == '$' || c != utf8.RuneError && unicode.IsLetter(c)
}

func charName(c rune) string {
	switch {
	case unicode.IsControl(c):
		return fmt.Sprintf("(CTRL-CHAR, code %d)", c)
	case c > 255:
		return fmt.Sprintf("'%c' (code %d / 0x%x)", c, c, c)
	}
	return fmt.Sprintf("'%c' (code %d)", c, c)
}

func (r *jsonReader) literal(parent *node, word string, kind document.Kind, v any) *node {
	n := r.node(parent, kind)
	n.scalar = v
	end := r.pos + len(word)
	if end > len(r.text) || string(r.text[r.pos:end]) != word {
		r.token(r.pos)
	}
	if c, _ := utf8.DecodeRune(r.text[end:]); end < len(r.text) && (identifier(c) || unicode.IsDigit(c)) {
		r.token(r.pos)
	}
	r.pos = end
	return n
}

func (r *jsonReader) number() any {
	start := r.pos
	if r.text[r.pos] == '-' {
		r.pos++
		r.digit("expected digit (0-9) to follow minus sign, for valid numeric value")
	}
	if r.peek() == '0' {
		r.pos++
		if c := r.peek(); c >= '0' && c <= '9' {
			r.fail(r.pos, "Invalid numeric value: Leading zeroes not allowed")
		}
	}
	r.digits()
	if r.peek() == '.' {
		r.pos++
		r.digit("Decimal point not followed by a digit")
		r.digits()
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		r.digit("Exponent indicator not followed by a digit")
		r.digits()
	}
	v, err := document.ParseNumber(string(r.text[start:r.pos]))
	if err != nil {
		r.fail(r.pos, "Invalid numeric value: %s", err)
	}
	return v
}

func (r *jsonReader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

func (r *jsonReader) digits() {
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		r.pos++
	}
}

func (r *jsonReader) digit(why string) {
	if r.pos == len(r.text) {
		r.fail(r.pos, "Unexpected end-of-input in VALUE_NUMBER_INT")
	}
	if c := r.text[r.pos]; c < '0' || c > '9' {
		c, size := utf8.DecodeRune(r.text[r.pos:])
		r.pos += size
		r.fail(r.pos, "Unexpected character (%s) in numeric value: %s", charName(c), why)
	}
}

// str reads a string; ended says how the message about a missing quote ends.
func (r *jsonReader) str(ended string) string {
	r.pos++
	start := r.pos
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			s := string(r.text[start:r.pos])
			r.pos++
			return s
		case c == '\\' || c >= utf8.RuneSelf:
			return r.strSlowly(start, ended)
		case c < ' ':
			r.control(c)
		}
		r.pos++
	}
	r.fail(r.pos, "Unexpected end-of-input%s", ended)
	return ""
}

func (r *jsonReader) control(c byte) {
	message := "Illegal unquoted character (" + charName(rune(c)) + "): has to be escaped using backslash to be included in string value"
	panic(jsonError{code: InvalidJSON, message: message, offset: r.pos, past: 1})
}

// strSlowly reads on in a string that has escapes or more than ASCII.
func (r *jsonReader) strSlowly(start int, ended string) string {
	buf := append(make([]byte, 0, 2*(r.pos-start)+32), r.text[start:r.pos]...)
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			return string(buf)
		case c == '\\':
			r.pos++
			buf = utf8.AppendRune(buf, r.escape())
		case c < ' ':
			r.control(c)
		case c < utf8.RuneSelf:
			buf = append(buf, c)
			r.pos++
		default:
			ch, size := utf8.DecodeRune(r.text[r.pos:])
			r.pos += size
			if ch == utf8.RuneError && size == 1 {
				r.fail(r.pos, "Invalid UTF-8 byte 0x%x", c)
			}
			buf = utf8.AppendRune(buf, ch)
		}
	}
	r.fail(r.pos, "Unexpected end-of-input%s", ended)
	return ""
}

func (r *jsonReader) escape() rune {
	if r.pos == len(r.text) {
		r.fail(r.pos, "Unexpected end-of-input in character escape sequence")
	}
	c, size := utf8.DecodeRune(r.text[r.pos:])
	r.pos += size
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return r.unicode()
	}
	r.fail(r.pos, "Unrecognized character escape %s", charName(c))
	return 0
}

// unicode reads the digits of \u, and those of the second half of a pair. A
// half that stands alone becomes U+FFFD, as with encoding/json.
func (r *jsonReader) unicode() rune {
	first := r.hex()
	if first < 0xd800 || first > 0xdfff {
		return first
	}
	if first < 0xdc00 && r.pos+6 <= len(r.text) && r.text[r.pos] == '\\' && r.text[r.pos+1] == 'u' {
		back := r.pos
		r.pos += 2
		if second := r.hex(); second >= 0xdc00 && second <= 0xdfff {
			return (first-0xd800)<<10 + (second - 0xdc00) + 0x10000
		}
		r.pos = back
	}
	return utf8.RuneError
}

func (r *jsonReader) hex() rune {
	for i := range 4 {
		if r.pos+i >= len(r.text) {
			r.fail(len(r.text), "Unexpected end-of-input in character escape sequence")
		}
		if c := r.text[r.pos+i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			ch, size := utf8.DecodeRune(r.text[r.pos+i:])
			r.fail(r.pos+i+size, "Unexpected character (%s): expected a hex-digit for character escape sequence", charName(ch))
		}
	}
	v, _ := strconv.ParseUint(string(r.text[r.pos:r.pos+4]), 16, 32) // four hex digits, seen above
	r.pos += 4
	return rune(v)
}
