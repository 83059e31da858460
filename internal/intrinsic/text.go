package intrinsic

import (
	"crypto/md5"  //nolint:gosec // part of the language
	"crypto/sha1" //nolint:gosec // part of the language
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// maxCharacters is what AWS allows in a text to encode, decode or hash.
const maxCharacters = 10_000

// written is a template that is a literal, with its escapes.
type written string

// format puts the arguments in the places {} of the template. In a template
// that is a value, not a literal, a backslash stands only before { } and \, and
// else for itself.
func format(_ Env, args []any) (any, error) {
	literal, isLiteral := args[0].(written)
	template := string(literal)
	if !isLiteral {
		var ok bool
		if template, ok = document.Str(args[0]); !ok {
			return nil, fmt.Errorf("the template is no string but %s", a(document.KindOf(args[0])))
		}
	}
	var b strings.Builder
	used := 1
	for i := 0; i < len(template); i++ {
		c := template[i]
		switch {
		case c == '\\':
			e, ok := escaped(template[i+1:])
			if ok && (isLiteral || strings.IndexByte(`{}\`, e) >= 0) {
				i++
				c = e
			}
		case c == '{' && i+1 < len(template) && template[i+1] == '}':
			i++
			if used < len(args) {
				writePlain(&b, args[used], 0)
			}
			used++
			if b.Len() > MaxText {
				return nil, fmt.Errorf("the text is longer than %d bytes", MaxText)
			}
			continue
		}
		b.WriteByte(c)
	}
	if used != len(args) {
		return nil, fmt.Errorf("the template has %d places {} for %d arguments", used-1, len(args)-1)
	}
	return b.String(), nil
}

// writePlain writes a value as AWS formats it: strings as they are, objects
// and arrays in the style of Java, {a=1, b=[x, y]}.
func writePlain(b *strings.Builder, v any, depth int) {
	if depth > document.MaxDepth || b.Len() > MaxText {
		return
	}
	switch document.KindOf(v) {
	case document.String:
		s, _ := document.Str(v)
		b.WriteString(s)
	case document.Array:
		sep := "["
		for e := range document.Elements(v) {
			b.WriteString(sep)
			writePlain(b, e, depth+1)
			sep = ", "
		}
		if sep == "[" {
			b.WriteByte('[')
		}
		b.WriteByte(']')
	case document.ObjectKind:
		sep := "{"
		for key, e := range document.Entries(v) {
			b.WriteString(sep + key + "=")
			writePlain(b, e, depth+1)
			sep = ", "
		}
		if sep == "{" {
			b.WriteByte('{')
		}
		b.WriteByte('}')
	default:
		b.WriteString(document.Text(v))
	}
}

// stringSplit cuts a string at each of the delimiter's characters; empty
// pieces are dropped.
func stringSplit(_ Env, args []any) (any, error) {
	s, err := needString(args[0], "the first argument")
	if err != nil {
		return nil, err
	}
	delimiters, err := needString(args[1], "the delimiter")
	if err != nil {
		return nil, err
	}
	pieces := []any{}
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(delimiters, r) }) {
		pieces = append(pieces, piece)
	}
	return pieces, nil
}

// stringToJSON reads a string as JSON; a blank one is null, and -0 is 0.
func stringToJSON(_ Env, args []any) (any, error) {
	s, err := needString(args[0], "the argument")
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(s) == "" {
		return nil, nil //nolint:nilnil // JSON null
	}
	v, err := document.Decode([]byte(s))
	if err != nil {
		return nil, fmt.Errorf("the string is no JSON: %w", err)
	}
	if v == 0.0 {
		return 0.0, nil
	}
	return v, nil
}

func jsonToString(_ Env, args []any) (any, error) {
	data, err := document.Encode(args[0])
	if err != nil {
		return nil, err
	}
	return string(data), nil
}

func base64Encode(_ Env, args []any) (any, error) {
	s, err := needString(args[0], "the argument")
	if err != nil {
		return nil, err
	}
	if err := short(s); err != nil {
		return nil, err
	}
	return base64.StdEncoding.EncodeToString([]byte(s)), nil
}

func base64Decode(_ Env, args []any) (any, error) {
	s, err := needString(args[0], "the argument")
	if err != nil {
		return nil, err
	}
	if err := short(s); err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("the string is no Base64: %w", err)
	}
	return strings.ToValidUTF8(string(data), "\ufffd"), nil
}

// hashOf gives the hash of a string, or of the JSON of any other value.
func hashOf(_ Env, args []any) (any, error) {
	s, ok := document.Str(args[0])
	if !ok {
		data, err := document.Encode(args[0])
		if err != nil {
			return nil, err
		}
		s = string(data)
	}
	if err := short(s); err != nil {
		return nil, err
	}
	algorithm, err := needString(args[1], "the algorithm")
	if err != nil {
		return nil, err
	}
	var h hash.Hash
	switch algorithm {
	case "MD5":
		h = md5.New() //nolint:gosec // part of the language
	case "SHA-1":
		h = sha1.New() //nolint:gosec // part of the language
	case "SHA-256":
		h = sha256.New()
	case "SHA-384":
		h = sha512.New384()
	case "SHA-512":
		h = sha512.New()
	default:
		return nil, fmt.Errorf("there is no algorithm %q; there are MD5, SHA-1, SHA-256, SHA-384 and SHA-512", abridge(algorithm))
	}
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil)), nil
}

func needString(v any, what string) (string, error) {
	s, ok := document.Str(v)
	if !ok {
		return "", fmt.Errorf("%s is no string but %s", what, a(document.KindOf(v)))
	}
	return s, nil
}

func short(s string) error {
	if len(s) > maxCharacters && utf8.RuneCountInString(s) > maxCharacters {
		return fmt.Errorf("the string has more than %d characters", maxCharacters)
	}
	return nil
}
