package document

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseNumber gives the canonical form of a number in JSON's syntax: a float64
// if that prints as the same text, else a json.Number that keeps the text.
func ParseNumber(text string) (any, error) {
	if !validNumber(text) {
		return nil, fmt.Errorf("%q is not a number", abridge(text))
	}
	if f, ok := exactFloat(text); ok {
		return f, nil
	}
	return json.Number(text), nil
}

// exactFloat gives the float64 that prints as the text.
func exactFloat(text string) (float64, bool) {
	if i, ok := smallInteger(text); ok {
		return float64(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false
	}
	var buf [32]byte
	return f, string(appendFloat(buf[:0], f)) == text
}

// smallInteger reads up to 15 digits, which a float64 prints as they are.
func smallInteger[T string | []byte](text T) (int64, bool) {
	digits := text
	if len(digits) > 1 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 15 || (digits[0] == '0' && len(text) > 1) {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, true
}

// validNumber tells that text is a number in JSON's grammar.
func validNumber(text string) bool {
	end, ok := scanNumber(text)
	return ok && end == len(text)
}

// scanNumber reads a number at the start of text and gives its length. Where
// none stands there, it gives the place of the byte that is wrong, or the
// length of text if that ends too early.
func scanNumber[T string | []byte](text T) (end int, ok bool) {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	switch {
	case i < len(text) && text[i] == '0':
		i++
	case i < len(text) && text[i] >= '1' && text[i] <= '9':
		i = digitsEnd(text, i)
	default:
		return i, false
	}
	if i < len(text) && text[i] == '.' {
		end := digitsEnd(text, i+1)
		if end == i+1 {
			return end, false
		}
		i = end
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		end := digitsEnd(text, i)
		if end == i {
			return end, false
		}
		i = end
	}
	return i, true
}

func digitsEnd[T string | []byte](text T, i int) int {
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	return i
}

// Int gives the canonical number of an integer.
func Int(i int64) any { return integer(i) }

// decimal is the exact value of a number: 0.digits × 10^exponent. Zero has no
// digits.
type decimal struct {
	negative bool
	digits   string // neither the first nor the last is 0
	exponent int64
}

// decimalOf takes the value apart that a number's JSON text says. ok is false
// where v is no number, or no finite one.
func decimalOf(v any) (decimal, bool) {
	var text string
	v, _ = Resolve(v)
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return decimal{}, false
		}
		var buf [32]byte
		text = string(appendFloat(buf[:0], v))
	case json.Number:
		if text = string(v); !validNumber(text) {
			return decimal{}, false
		}
	default:
		return decimal{}, false
	}
	d := decimal{negative: strings.HasPrefix(text, "-")}
	mantissa := strings.TrimPrefix(text, "-")
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		d.exponent = exponentOf(mantissa[i+1:])
		mantissa = mantissa[:i]
	}
	before, after, _ := strings.Cut(mantissa, ".")
	d.exponent += int64(len(before))
	digits := strings.TrimLeft(before+after, "0")
	d.exponent -= int64(len(before) + len(after) - len(digits))
	d.digits = strings.TrimRight(digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

// exponentOf reads an exponent; one beyond reason counts as the largest.
func exponentOf(text string) int64 {
	const most = math.MaxInt64 / 4
	n, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) || n > most || n < -most {
		if strings.HasPrefix(text, "-") {
			return -most
		}
		return most
	}
	return n
}

func (d decimal) compare(e decimal) int {
	switch {
	case d.digits == "" || e.digits == "" || d.negative != e.negative:
		return cmp.Compare(d.sign(), e.sign())
	case d.negative:
		return e.abs().compare(d.abs())
	case d.exponent != e.exponent:
		return cmp.Compare(d.exponent, e.exponent)
	}
	return strings.Compare(d.digits, e.digits)
}

func (d decimal) abs() decimal {
	d.negative = false
	return d
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// CompareNumbers orders two numbers by the exact values that their texts say:
// -1, 0 or 1. What is no number comes before every number.
func CompareNumbers(a, b any) int {
	if x, ok := a.(float64); ok {
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	}
	x, xok := decimalOf(a)
	y, yok := decimalOf(b)
	switch {
	case xok && yok:
		return x.compare(y)
	case xok:
		return 1
	case yok:
		return -1
	}
	return 0
}

func abridge(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
