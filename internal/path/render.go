package path

import (
	"strconv"
	"strings"
)

// render writes steps in the brackets that AWS's messages show: $['a'][0].
func render(steps []step) string {
	var b strings.Builder
	b.WriteByte('$')
	for i := range steps {
		s := &steps[i]
		switch s.kind {
		case stepName:
			b.WriteString("['" + s.name + "']")
		case stepIndex:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case stepNames:
			b.WriteString("['" + strings.Join(s.names, "', '") + "']")
		case stepIndexes:
			texts := make([]string, len(s.indexes))
			for i, n := range s.indexes {
				texts[i] = strconv.Itoa(n)
			}
			b.WriteString("[" + strings.Join(texts, ",") + "]")
		case stepSlice:
			b.WriteString(renderSlice(s))
		case stepWildcard:
			b.WriteString("[*]")
		case stepScan:
			b.WriteString("..")
		case stepFilter:
			b.WriteString("[?]")
		case stepFunction:
			b.WriteString("." + s.name + "()")
		}
	}
	return b.String()
}

func renderSlice(s *step) string {
	text := "["
	if s.from != nil {
		text += strconv.Itoa(*s.from)
	}
	text += ":"
	if s.to != nil {
		text += strconv.Itoa(*s.to)
	}
	return text + "]"
}
