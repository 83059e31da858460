package path

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the backslashes of a quoted text: \n, \t, \r, \b, \f and
// \uXXXX as in JSON; any other character stands for itself.
func unescape(s string) string { return resolve(s, controls) }

// unescapeBare resolves the backslashes of a name without quotes: \uXXXX as in
// JSON; any other character stands for itself.
func unescapeBare(s string) string { return resolve(s, nil) }

var controls = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f'}

func resolve(s string, controls map[byte]byte) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'u' {
			r, size := unicodeEscape(s[i-1:])
			b.WriteRune(r)
			i += size - 2
		} else if c, ok := controls[s[i]]; ok {
			b.WriteByte(c)
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair, at the
// start of s, and gives the bytes read. Where no four hexadecimal digits
// follow, \u stands for the letter u.
func unicodeEscape(s string) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return 'u', 2
	}
	if utf16.IsSurrogate(r) {
		if low, ok := hex4(s[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
