package jsonata

import (
	"math"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// fnParse reads JSON. As measured on the service, strings and keys may stand
// in single quotes, a key that stands twice is an error, and so is a number
// too large for a double.
func fnParse(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	if err := ev.take(int64(len(v.str())) + holderBytes); err != nil {
		return value{}, err
	}
	data := v.str()
	if strings.Contains(data, "'") {
		data = doubleQuotes(data)
	}
	out, err := document.DecodeStrict([]byte(data))
	if err != nil || !finite(out) {
		reason := "a number is out of range"
		if err != nil {
			reason = err.Error()
		}
		return value{}, withMessage("D3137", textOf("$parse() could not read its argument as JSON: "+reason), "")
	}
	return valueOf(out), nil
}

// doubleQuotes writes strings in single quotes as JSON wants them.
func doubleQuotes(s string) string {
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && s[i+1] == '\'':
			out.WriteByte('\'')
			i++
		case c == '\\' && i+1 < len(s):
			out.WriteString(s[i : i+2])
			i++
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			out.WriteByte('"')
		case c == quote:
			quote = 0
			out.WriteByte('"')
		case c == '"':
			out.WriteString(`\"`)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func finite(v any) bool {
	switch document.KindOf(v) {
	case document.Number:
		f, ok := document.Float(v)
		return ok && !math.IsInf(f, 0)
	case document.Array:
		for e := range document.Elements(v) {
			if !finite(e) {
				return false
			}
		}
	case document.ObjectKind:
		for _, e := range document.Entries(v) {
			if !finite(e) {
				return false
			}
		}
	}
	return true
}
