package jsonata

import (
	"math"
	"strings"
)

var (
	few = []string{
		"Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
		"Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
	}
	fewOrdinals = []string{
		"Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
		"Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth",
	}
	decades    = []string{"Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"}
	magnitudes = []string{"Thousand", "Million", "Billion", "Trillion"}
	wordValues = makeWordValues()
)

func makeWordValues() map[string]float64 {
	m := map[string]float64{"hundred": 100, "hundredth": 100}
	for i := range few {
		m[strings.ToLower(few[i])] = float64(i)
		m[strings.ToLower(fewOrdinals[i])] = float64(i)
	}
	for i, d := range decades {
		d = strings.ToLower(d)
		m[d] = float64(i+2) * 10
		m[strings.TrimSuffix(d, "y")+"ieth"] = m[d]
	}
	for i, d := range magnitudes {
		d = strings.ToLower(d)
		m[d] = math.Pow(10, float64(i+1)*3)
		m[d+"th"] = m[d]
	}
	return m
}

// toWords spells a number that is whole and not negative.
func toWords(v float64, ordinal bool) string {
	var out strings.Builder
	writeWords(&out, v, false, ordinal)
	return out.String()
}

func writeWords(out *strings.Builder, v float64, more, ordinal bool) {
	th := func() {
		if ordinal {
			out.WriteString("th")
		}
	}
	join := func(with string) {
		if more {
			out.WriteString(with)
		}
	}
	switch {
	case v < 20:
		join(" and ")
		if ordinal {
			out.WriteString(fewOrdinals[int(v)])
		} else {
			out.WriteString(few[int(v)])
		}
	case v < 100:
		join(" and ")
		decade, rest := decades[int(v)/10-2], int(v)%10
		switch {
		case rest > 0:
			out.WriteString(decade + "-")
			writeWords(out, float64(rest), false, ordinal)
		case ordinal:
			out.WriteString(strings.TrimSuffix(decade, "y") + "ieth")
		default:
			out.WriteString(decade)
		}
	case v < 1000:
		join(", ")
		out.WriteString(few[int(v)/100] + " Hundred")
		if rest := int(v) % 100; rest > 0 {
			writeWords(out, float64(rest), true, ordinal)
		} else {
			th()
		}
	default:
		join(", ")
		m := min(int(math.Floor(math.Log10(v)/3)), len(magnitudes))
		if m < len(magnitudes) && math.Pow(10, float64(m+1)*3) <= v {
			m++ // the logarithm fell short
		}
		factor := math.Pow(10, float64(m)*3)
		head := math.Floor(v / factor)
		rest := v - head*factor
		writeWords(out, head, false, false)
		out.WriteString(" " + magnitudes[m-1])
		if rest > 0 {
			writeWords(out, rest, true, ordinal)
		} else {
			th()
		}
	}
}

// fromWords reads what toWords writes, in lower case.
func fromWords(s string) (float64, bool) {
	s = strings.NewReplacer(", ", " ", ",", " ", "-", " ").Replace(s)
	sum, part := 0.0, 0.0
	some := false
	for w := range strings.FieldsSeq(s) {
		if w == "and" {
			continue
		}
		v, known := wordValues[w]
		if !known {
			return 0, false
		}
		some = true
		switch {
		case v < 100:
			if part >= 1000 {
				sum, part = sum+part, 0
			}
			part += v
		default:
			part *= v
		}
	}
	return sum + part, some
}
