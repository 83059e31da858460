package jsonata

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenVariable
	tokenOperator
	tokenString
	tokenNumber
	tokenValue // true, false, null
	tokenRegex
)

type token struct {
	kind  tokenKind
	text  string // name, operator, text of a string or of a regex
	flags string // of a regex
	num   float64
	pos   int // offset just after the token
}

// lexer cuts an expression into tokens, one at a time, since only the parser
// knows whether a slash divides or begins a regular expression.
type lexer struct {
	src   string
	pos   int
	newer bool // knows ?? and ?:

	// halves tells that a string holds half of a surrogate pair. UTF-8 has no
	// such thing; it is kept in the three bytes that the pattern of UTF-8 would
	// give it, so that what ECMAScript refuses to encode is refused, and leaves
	// as U+FFFD.
	halves bool
}

// doubled tells that two characters are one operator.
func (l *lexer) doubled(a, b byte) bool {
	switch a {
	case '.', '*':
		return b == a
	case ':', '!', '>', '<':
		return b == '='
	case '~':
		return b == '>'
	case '?':
		return l.newer && (b == ':' || b == '?')
	}
	return false
}

// single are the operators of one character.
const single = ".[]{}(),@#;:?+-*/%|=<>^&!~"

// ends are the characters that end a name: white space and operators.
var ends = func() (set [256]bool) {
	for _, c := range []byte(" \t\n\r\v" + single) {
		set[c] = true
	}
	return set
}()

// next gives the next token; infix tells that an operand came before.
func (l *lexer) next(infix bool) (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	if l.pos >= len(l.src) {
		return token{pos: len(l.src)}, nil
	}
	c := l.src[l.pos]
	if c == '/' && !infix {
		return l.regex()
	}
	if l.pos+1 < len(l.src) && l.doubled(c, l.src[l.pos+1]) {
		l.pos += 2
		return token{kind: tokenOperator, text: l.src[l.pos-2 : l.pos], pos: l.pos}, nil
	}
	if ends[c] {
		l.pos++
		return token{kind: tokenOperator, text: l.src[l.pos-1 : l.pos], pos: l.pos}, nil
	}
	switch {
	case c == '"' || c == '\'':
		return l.quoted(c)
	case c >= '0' && c <= '9':
		return l.number()
	case c == '`':
		l.pos++
		end := strings.IndexByte(l.src[l.pos:], '`')
		if end < 0 {
			return token{}, syntaxError("S0105", len(l.src), "")
		}
		name := l.src[l.pos : l.pos+end]
		l.pos += end + 1
		return token{kind: tokenName, text: name, pos: l.pos}, nil
	}
	return l.word(), nil
}

// skip passes over white space and comments.
func (l *lexer) skip() error {
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ', '\t', '\n', '\r', '\v':
			l.pos++
			continue
		case '/':
			if strings.HasPrefix(l.src[l.pos:], "/*") {
				end := strings.Index(l.src[l.pos+2:], "*/")
				if end < 0 {
					return syntaxError("S0106", l.pos, "")
				}
				l.pos += end + 4
				continue
			}
		}
		return nil
	}
	return nil
}

// word reads a name, a variable or a keyword: everything up to white space or
// an operator.
func (l *lexer) word() token {
	start := l.pos
	for l.pos < len(l.src) && !ends[l.src[l.pos]] {
		l.pos++
	}
	w := l.src[start:l.pos]
	if w[0] == '$' {
		return token{kind: tokenVariable, text: w[1:], pos: l.pos}
	}
	switch w {
	case "and", "or", "in":
		return token{kind: tokenOperator, text: w, pos: l.pos}
	case "true", "false", "null":
		return token{kind: tokenValue, text: w, pos: l.pos}
	}
	return token{kind: tokenName, text: w, pos: l.pos}
}

func (l *lexer) number() (token, error) {
	start := l.pos
	if l.src[l.pos] == '0' {
		l.pos++
	} else {
		l.digits()
	}
	if l.pos+1 < len(l.src) && l.src[l.pos] == '.' && isDigit(l.src[l.pos+1]) {
		l.pos++
		l.digits()
	}
	if l.pos < len(l.src) && (l.src[l.pos] == 'e' || l.src[l.pos] == 'E') {
		at := l.pos
		l.pos++
		if l.pos < len(l.src) && (l.src[l.pos] == '+' || l.src[l.pos] == '-') {
			l.pos++
		}
		if l.pos < len(l.src) && isDigit(l.src[l.pos]) {
			l.digits()
		} else {
			l.pos = at
		}
	}
	digits := l.src[start:l.pos]
	f, _ := strconv.ParseFloat(digits, 64)
	if math.IsInf(f, 0) {
		return token{}, syntaxError("S0102", start, digits)
	}
	return token{kind: tokenNumber, text: digits, num: f, pos: l.pos}, nil
}

func (l *lexer) digits() {
	for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
		l.pos++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (l *lexer) quoted(quote byte) (token, error) {
	l.pos++
	end := strings.IndexByte(l.src[l.pos:], quote)
	if end >= 0 && strings.IndexByte(l.src[l.pos:l.pos+end], '\\') < 0 { // nothing to unescape
		s := l.src[l.pos : l.pos+end]
		l.pos += end + 1
		return token{kind: tokenString, text: s, pos: l.pos}, nil
	}
	var out strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		l.pos++
		switch c {
		case quote:
			return token{kind: tokenString, text: out.String(), pos: l.pos}, nil
		case '\\':
			if err := l.escape(&out); err != nil {
				return token{}, err
			}
		default:
			out.WriteByte(c)
		}
	}
	return token{}, syntaxError("S0101", l.pos, "")
}

func (l *lexer) escape(out *strings.Builder) error {
	if l.pos >= len(l.src) {
		return syntaxError("S0101", l.pos, "")
	}
	c := l.src[l.pos]
	if c == 'u' {
		r, ok := l.hex(l.pos + 1)
		if !ok {
			return syntaxError("S0104", l.pos, "")
		}
		l.pos += 5
		if utf16.IsSurrogate(r) && strings.HasPrefix(l.src[l.pos:], "\\u") {
			if low, ok := l.hex(l.pos + 2); ok {
				if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
					r = full
					l.pos += 6
				}
			}
		}
		if utf16.IsSurrogate(r) {
			l.halves = true
			out.Write([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6&0x3F), 0x80 | byte(r&0x3F)})
			return nil
		}
		out.WriteRune(r)
		return nil
	}
	plain, ok := escapes[c]
	if !ok {
		r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
		return syntaxError("S0103", l.pos, string(r))
	}
	out.WriteByte(plain)
	l.pos++
	return nil
}

func (l *lexer) hex(at int) (rune, bool) {
	if at+4 > len(l.src) {
		return 0, false
	}
	n, err := strconv.ParseUint(l.src[at:at+4], 16, 32)
	return rune(n), err == nil
}

// regex reads a regular expression; a slash within brackets does not end it.
func (l *lexer) regex() (token, error) {
	l.pos++
	start, depth := l.pos, 0
	for escaped := false; l.pos < len(l.src); l.pos++ {
		c := l.src[l.pos]
		if escaped {
			escaped = false
			continue
		}
		switch c {
		case '\\':
			escaped = true
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '/':
			if depth != 0 {
				continue
			}
			pattern := l.src[start:l.pos]
			if pattern == "" {
				return token{}, syntaxError("S0301", l.pos, "")
			}
			l.pos++
			flags := l.pos
			for l.pos < len(l.src) && (l.src[l.pos] == 'i' || l.src[l.pos] == 'm') {
				l.pos++
			}
			return token{kind: tokenRegex, text: pattern, flags: l.src[flags:l.pos], pos: l.pos}, nil
		}
	}
	return token{}, syntaxError("S0302", l.pos, "")
}
