package jsonata

import (
	"encoding/base64"
	"math/big"
	"net/url"
	"strings"
	"unicode/utf8"
)

func bigBase(f float64, radix int) string {
	i, _ := big.NewFloat(f).Int(nil)
	return i.Text(radix)
}

// fnBase64Encode encodes the bytes of a string: in the Standard dialect those
// of its characters up to U+00FF, as jsonata-js does, else its UTF-8.
func fnBase64Encode(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	data := []byte(v.str())
	if ev.expr.opts.Dialect == Standard {
		data = data[:0]
		for _, r := range v.str() {
			if r > 0xFFFF {
				r -= 0x10000
				data = append(data, byte(0xD800+r>>10), byte(0xDC00+r&0x3FF))
				continue
			}
			data = append(data, byte(r))
		}
	}
	return ev.made(base64.StdEncoding.EncodeToString(data))
}

func fnBase64Decode(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	s := strings.TrimRight(strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r == ' ' || r == '\n' || r == '\r' || r == '\t':
			return -1
		}
		return r
	}, v.str()), "=")
	if ev.expr.opts.Dialect == StepFunctions {
		data, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil {
			return value{}, &fault{details: &Error{Kind: Internal, Message: "Input is not valid Base64."}}
		}
		return ev.made(strings.ToValidUTF8(string(data), "\ufffd"))
	}
	var out strings.Builder
	for _, b := range lenientBase64(s) {
		out.WriteRune(rune(b))
	}
	return ev.made(out.String())
}

// lenientBase64 decodes what stands before a =, and overlooks what is no
// base64, as the reference implementation does.
func lenientBase64(s string) []byte {
	s, _, _ = strings.Cut(s, "=")
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, s)
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	data, _ := base64.RawStdEncoding.DecodeString(s) // nothing else is left
	return data
}

// Characters that stay as they are in a URL and in a component of one, beside
// letters and digits.
const (
	componentKeeps = "-_.!~*'()"
	urlKeeps       = componentKeeps + ";/?:@&=+$,#"
)

func fnEncodeURLComponent(ev *evaluator, args []value, _ value) (value, error) {
	return ev.encodeURL(arg(args, 0), componentKeeps, "encodeUrlComponent")
}

func fnEncodeURL(ev *evaluator, args []value, _ value) (value, error) {
	return ev.encodeURL(arg(args, 0), urlKeeps, "encodeUrl")
}

func fnDecodeURLComponent(ev *evaluator, args []value, _ value) (value, error) {
	return ev.decodeURL(arg(args, 0), "", "decodeUrlComponent")
}

func fnDecodeURL(ev *evaluator, args []value, _ value) (value, error) {
	return ev.decodeURL(arg(args, 0), ";/?:@&=+$,#", "decodeUrl")
}

func (ev *evaluator) encodeURL(v value, keeps, name string) (value, error) {
	if v.kind != text {
		return value{}, nil
	}
	if !utf8.ValidString(v.str()) {
		return value{}, malformedURL(v, name)
	}
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(v.str()) {
		c := v.str()[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || strings.IndexByte(keeps, c) >= 0 {
			out.WriteByte(c)
			continue
		}
		out.WriteByte('%')
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	return ev.made(out.String())
}

// decodeURL turns escapes into what they stand for, those of the characters
// in keeps excepted.
func (ev *evaluator) decodeURL(v value, keeps, name string) (value, error) {
	if v.kind != text {
		return value{}, nil
	}
	var out strings.Builder
	s := v.str()
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out.WriteByte(s[i])
			continue
		}
		if i+3 > len(s) {
			return value{}, malformedURL(v, name)
		}
		c, err := url.PathUnescape(s[i : i+3])
		if err != nil {
			return value{}, malformedURL(v, name)
		}
		if strings.Contains(keeps, c) {
			c = s[i : i+3]
		}
		out.WriteString(c)
		i += 2
	}
	if !utf8.ValidString(out.String()) {
		return value{}, malformedURL(v, name)
	}
	return ev.made(out.String())
}

func malformedURL(v value, name string) error {
	f := dynamicValue("D3140", v)
	f.extra = name
	return f
}
