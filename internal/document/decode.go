package document

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested in a decoded text and
// in a value that is encoded; deeper ones (cycles of pointers among them) are
// an error.
const MaxDepth = 1000

// SyntaxError says why a text is no JSON, or why this package does not take
// it.
type SyntaxError struct {
	Offset  int // where in the text, in bytes
	Problem string
	// Truncated tells that the text ends too early; then the error is
	// [io.ErrUnexpectedEOF] too.
	Truncated bool
}

// Error gives the problem and the place.
func (e *SyntaxError) Error() string {
	if e.Truncated {
		return io.ErrUnexpectedEOF.Error()
	}
	return fmt.Sprintf("%s at offset %d", e.Problem, e.Offset)
}

// Unwrap gives io.ErrUnexpectedEOF for a text that ends too early.
func (e *SyntaxError) Unwrap() error {
	if e.Truncated {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// Decode reads one JSON value into canonical form. It takes and refuses the
// texts that encoding/json does, but for nesting, which is limited to
// [MaxDepth]: what is no UTF-8 becomes U+FFFD, of a key that stands twice the
// last value counts. The error is a [SyntaxError].
func Decode(data []byte) (any, error) { return decode(data, false) }

// DecodeStrict is [Decode], but a key that stands twice is an error.
func DecodeStrict(data []byte) (any, error) { return decode(data, true) }

func decode(data []byte, strict bool) (any, error) {
	d := decoder{data: data, strict: strict}
	d.fields, d.values = d.fieldRoom[:0], d.valueRoom[:0]
	if len(data) <= sharedText {
		d.text = string(data)
	} else {
		d.keys = new([64]string)
	}
	d.blanks()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.blanks(); d.at < len(data) {
		return nil, d.fail("text goes on after the JSON value")
	}
	return v, nil
}

type decoder struct {
	data   []byte
	at     int
	strict bool
	// What was read of the containers that are open, one upon another: so that
	// each gets its memory once, of the right size.
	fields    []Field
	values    []any
	fieldRoom [16]Field
	valueRoom [16]any
	text      string      // all of data, where that is little: strings are parts of it
	keys      *[64]string // keys met before, which rows of a table have again and again
}

// sharedText is the size of a text up to which its strings are parts of one
// copy of it. Of a larger one, a string that is kept would keep too much.
const sharedText = 4096

func (d *decoder) fail(problem string) error {
	if d.at >= len(d.data) {
		return &SyntaxError{Offset: len(d.data), Truncated: true, Problem: "the text ends too early"}
	}
	return &SyntaxError{Offset: d.at, Problem: problem}
}

// blanks skips white space.
func (d *decoder) blanks() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\n', '\t', '\r':
			d.at++
		default:
			return
		}
	}
}

// peek gives the next byte that is no white space, 0 at the end.
func (d *decoder) peek() byte {
	if d.blanks(); d.at < len(d.data) {
		return d.data[d.at]
	}
	return 0
}

// value reads a value; the next byte is no white space.
func (d *decoder) value(depth int) (any, error) {
	if d.at >= len(d.data) {
		return nil, d.fail("")
	}
	switch c := d.data[d.at]; c {
	case '{':
		return d.object(depth + 1)
	case '[':
		return d.array(depth + 1)
	case '"':
		return d.string()
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) word(word string) error {
	for i := range len(word) {
		if d.at >= len(d.data) || d.data[d.at] != word[i] {
			return d.fail("expected " + word)
		}
		d.at++
	}
	return nil
}

func (d *decoder) number() (any, error) {
	rest := d.data[d.at:]
	end, ok := scanNumber(rest)
	d.at += end
	switch {
	case ok:
		return numberOf(rest[:end]), nil
	case end == 0:
		return nil, d.fail("expected a JSON value")
	}
	return nil, d.fail("not a number")
}

// numberOf gives the canonical form of a number's text.
func numberOf(text []byte) any {
	if i, ok := smallInteger(text); ok {
		if i >= 0 && int(i) < len(smallNumbers) {
			return smallNumbers[i]
		}
		return float64(i)
	}
	s := string(text)
	if f, ok := exactFloat(s); ok {
		return f
	}
	return json.Number(s)
}

// smallNumbers saves the memory that an interface takes for a number.
var smallNumbers = func() (list [1024]any) {
	for i := range list {
		list[i] = float64(i)
	}
	return list
}()

func (d *decoder) array(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, d.fail(fmt.Sprintf("JSON is nested more than %d deep", MaxDepth))
	}
	d.at++
	base := len(d.values)
	if d.peek() == ']' {
		d.at++
		return []any{}, nil
	}
	for {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		d.values = append(d.values, v)
		switch d.peek() {
		case ',':
			d.at++
			d.blanks()
			continue
		case ']':
			d.at++
		default:
			return nil, d.fail("expected , or ] in the array")
		}
		list := make([]any, len(d.values)-base)
		copy(list, d.values[base:])
		clear(d.values[base:])
		d.values = d.values[:base]
		return list, nil
	}
}

func (d *decoder) object(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, d.fail(fmt.Sprintf("JSON is nested more than %d deep", MaxDepth))
	}
	d.at++
	base := len(d.fields)
	if d.peek() == '}' {
		d.at++
		return &Object{}, nil
	}
	var index map[string]int
	for {
		keyAt := d.at
		if d.peek() != '"' {
			return nil, d.fail("expected a key in double quotes")
		}
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		at := placeOf(key, d.fields[base:], index)
		if at >= 0 && d.strict {
			d.at = keyAt
			return nil, d.fail(fmt.Sprintf("key %q stands twice in one object,", abridge(key)))
		}
		if d.peek() != ':' {
			return nil, d.fail("expected : after the key")
		}
		d.at++
		d.blanks()
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		if at >= 0 {
			d.fields[base+at].Value = v
		} else {
			d.fields = append(d.fields, Field{key, v})
			index = indexed(d.fields[base:], index)
		}
		switch d.peek() {
		case ',':
			d.at++
			d.blanks()
			continue
		case '}':
			d.at++
		default:
			return nil, d.fail("expected , or } in the object")
		}
		o := &Object{fields: make([]Field, len(d.fields)-base), index: index}
		copy(o.fields, d.fields[base:])
		clear(d.fields[base:])
		d.fields = d.fields[:base]
		return o, nil
	}
}

// string reads a string; the opening quote is next.
func (d *decoder) string() (string, error) {
	d.at++
	start := d.at
	for d.at < len(d.data) {
		switch c := d.data[d.at]; {
		case c == '"':
			d.at++
			return d.part(start, d.at-1), nil
		case c == '\\' || c >= utf8.RuneSelf:
			return d.escapedString(start)
		case c < ' ':
			return "", d.fail("a string with a control character")
		}
		d.at++
	}
	return "", d.fail("")
}

// part gives a part of the text as a string.
func (d *decoder) part(from, to int) string {
	if d.text != "" {
		return d.text[from:to]
	}
	return string(d.data[from:to])
}

// key reads a string like one that was read before, if it is one, without
// taking memory again.
func (d *decoder) key() (string, error) {
	if d.text != "" {
		return d.string()
	}
	start := d.at + 1
	end := start
	for end < len(d.data) && d.data[end] != '"' {
		if c := d.data[end]; c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return d.string()
		}
		end++
	}
	if end == len(d.data) || end == start {
		return d.string()
	}
	known := &d.keys[(int(d.data[start])*7+int(d.data[end-1])*3+end-start)%len(d.keys)]
	if *known != string(d.data[start:end]) {
		*known = string(d.data[start:end])
	}
	d.at = end + 1
	return *known, nil
}

// escapedString reads on where the string first needs to be changed, or
// checked.
func (d *decoder) escapedString(start int) (string, error) {
	room := [64]byte{}
	b := append(room[:0], d.data[start:d.at]...)
	for d.at < len(d.data) {
		switch c := d.data[d.at]; {
		case c == '"':
			d.at++
			return string(b), nil
		case c == '\\':
			var err error
			if b, err = d.escape(b); err != nil {
				return "", err
			}
		case c < ' ':
			return "", d.fail("a string with a control character")
		case c < utf8.RuneSelf:
			b = append(b, c)
			d.at++
		default:
			r, size := utf8.DecodeRune(d.data[d.at:])
			b = utf8.AppendRune(b, r)
			d.at += size
		}
	}
	return "", d.fail("")
}

func (d *decoder) escape(b []byte) ([]byte, error) {
	d.at++
	if d.at >= len(d.data) {
		return b, d.fail("")
	}
	c := d.data[d.at]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r, err := d.hex()
		if err != nil {
			return b, err
		}
		if utf16.IsSurrogate(r) {
			r = d.pair(r)
		}
		return utf8.AppendRune(b, r), nil
	default:
		return b, d.fail("no such escape in a string")
	}
	d.at++
	return append(b, c), nil
}

// hex reads the u of an escape and four digits.
func (d *decoder) hex() (rune, error) {
	var r rune
	for range 4 {
		d.at++
		if d.at >= len(d.data) {
			return 0, d.fail("")
		}
		c := d.data[d.at]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, d.fail(`\u without four hexadecimal digits`)
		}
		r = r<<4 | rune(c)
	}
	d.at++
	return r, nil
}

// pair reads the second half of a surrogate pair; a half without the other is
// U+FFFD.
func (d *decoder) pair(high rune) rune {
	if d.at+1 >= len(d.data) || d.data[d.at] != '\\' || d.data[d.at+1] != 'u' {
		return utf8.RuneError
	}
	before := d.at
	d.at++
	if low, err := d.hex(); err == nil {
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r
		}
	}
	d.at = before
	return utf8.RuneError
}
