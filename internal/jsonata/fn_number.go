package jsonata

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

func fnNumber(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	switch v.kind {
	case boolean:
		return numberOf(v.num), nil
	case text:
		if f, ok := parseNumber(v.str()); ok {
			return numberOf(f), nil
		}
		f := dynamicValue("D3030", v)
		f.index = 1
		return value{}, f
	}
	return v, nil
}

// parseNumber reads a JSON number, leading zeros allowed, or 0x, 0o, 0b.
func parseNumber(s string) (float64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) > 2 && digits[0] == '0' && len(digits) == len(s) {
		base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[digits[1]]
		if base != 0 {
			return parseBase(digits[2:], base)
		}
	}
	l := lexer{src: digits}
	l.digits()
	ok := l.pos > 0
	if l.pos < len(digits) && digits[l.pos] == '.' {
		at := l.pos + 1
		l.pos++
		l.digits()
		ok = ok && l.pos > at
	}
	if l.pos < len(digits) && (digits[l.pos] == 'e' || digits[l.pos] == 'E') {
		l.pos++
		if l.pos < len(digits) && (digits[l.pos] == '+' || digits[l.pos] == '-') {
			l.pos++
		}
		at := l.pos
		l.digits()
		ok = ok && l.pos > at
	}
	if !ok || l.pos != len(digits) {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, !math.IsInf(f, 0) && (err == nil || f == 0)
}

func parseBase(digits string, base int) (float64, bool) {
	f := 0.0
	for i := range len(digits) {
		d, err := strconv.ParseUint(digits[i:i+1], base, 8)
		if err != nil {
			return 0, false
		}
		f = f*float64(base) + float64(d)
	}
	return f, !math.IsInf(f, 0)
}

// numeric1 makes a function of the library of one of math.
func numeric1(args []value, f func(float64) float64) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	return numberOf(f(v.num)), nil
}

func fnFloor(_ *evaluator, args []value, _ value) (value, error) { return numeric1(args, math.Floor) }

func fnCeil(_ *evaluator, args []value, _ value) (value, error) { return numeric1(args, math.Ceil) }
func fnAbs(_ *evaluator, args []value, _ value) (value, error)  { return numeric1(args, math.Abs) }

func fnSqrt(_ *evaluator, args []value, _ value) (value, error) {
	if v := arg(args, 0); v.kind == number && v.num < 0 {
		return value{}, dynamicValue("D3060", v)
	}
	return numeric1(args, math.Sqrt)
}

func fnPower(_ *evaluator, args []value, _ value) (value, error) {
	v, exp := arg(args, 0), arg(args, 1)
	if v.kind != number {
		return value{}, nil
	}
	r := math.Pow(v.num, exp.num)
	if isInfinite(r) || exp.kind != number {
		f := dynamicValue("D3061", v)
		if f.value2 = plainForMessage(exp); exp.kind == undefined {
			f.value2 = fragment("undefined")
		}
		return value{}, f
	}
	return numberOf(r), nil
}

func fnRound(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	places := 0
	if p := arg(args, 1); p.kind == number {
		places = int(math.Max(-400, math.Min(400, p.num)))
	}
	return numberOf(roundEven(v.num, places)), nil
}

// roundEven rounds to a number of decimal places, halves to the even
// neighbour. Shifting the decimal text, not multiplying, keeps 4.525 a half.
func roundEven(f float64, places int) float64 {
	if isInfinite(f) {
		return f
	}
	f = shift(f, places)
	r := math.RoundToEven(f)
	r = shift(r, -places)
	if r == 0 {
		return 0
	}
	return r
}

func shift(f float64, places int) float64 {
	if places == 0 || f == 0 {
		return f
	}
	mantissa, exp, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exp)
	f, _ = strconv.ParseFloat(mantissa+"e"+strconv.Itoa(e+places), 64)
	return f
}

func fnFormatBase(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	radix := 10.0
	if r := arg(args, 1); r.kind == number {
		radix = math.RoundToEven(r.num)
	}
	if radix < 2 || radix > 36 {
		return value{}, dynamicValue("D3100", numberOf(radix))
	}
	f := math.RoundToEven(v.num)
	if math.Abs(f) < 1<<62 {
		return textOf(strconv.FormatInt(int64(f), int(radix))), nil
	}
	if isInfinite(f) {
		return value{}, dynamicValue("D1001", v)
	}
	return textOf(bigBase(f, int(radix))), nil
}

// random is a number in [0, 1).
func (ev *evaluator) random() float64 { return float64(ev.bits()>>11) / (1 << 53) }

func (ev *evaluator) bits() uint64 {
	if ev.env.Random != nil {
		return ev.env.Random()
	}
	return rand.Uint64() //nolint:gosec // $random makes no promise of secrecy
}

func fnRandom(ev *evaluator, _ []value, _ value) (value, error) { return numberOf(ev.random()), nil }
