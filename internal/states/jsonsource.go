package states

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// snippet is how many UTF-16 units of a text a message shows.
const snippet = 500

// sourceAt gives a place in a text as the parser of AWS writes it.
func sourceAt(text []byte, offset int) string {
	return sourceText(text) + pointAt(text, offset, 0)
}

func sourceText(text []byte) string {
	var b strings.Builder
	b.WriteString(`[Source: (String)"`)
	units, cut := 0, 0
	for _, c := range string(text) {
		n := max(utf16.RuneLen(c), 1)
		if units+n > snippet {
			cut += n
			continue
		}
		units += n
		if unicode.IsControl(c) && c != '\r' && c != '\n' {
			fmt.Fprintf(&b, `\u%04X`, c)
			continue
		}
		b.WriteRune(c)
	}
	b.WriteByte('"')
	if cut > 0 {
		fmt.Fprintf(&b, "[truncated %d chars]", cut)
	}
	return b.String()
}

// pointAt counts lines and columns from 1, columns in UTF-16 units.
func pointAt(text []byte, offset, past int) string {
	line, start := 1, 0
	for i := 0; i < offset && i < len(text); i++ {
		if c := text[i]; c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			line, start = line+1, i+1
		}
	}
	column := 1 + past
	for _, c := range string(text[start:offset]) {
		column += max(1, utf16.RuneLen(c))
	}
	return fmt.Sprintf("; line: %d, column: %d]", line, column)
}

// jsonDiagnostic makes the diagnostic of a text that is no JSON.
func jsonDiagnostic(text []byte, e *jsonError) Diagnostic {
	d := Diagnostic{Severity: Error, Code: e.code, Message: e.message}
	d.Line, d.Column = newPlaces(text).lineColumn(e.offset)
	if e.code == InvalidJSON {
		d.Location = sourceText(text) + pointAt(text, e.offset, e.past)
		d.Message += "\n at " + d.Location
	}
	return d
}

// InputProblem tells why StartExecution refuses an execution input, in the
// words of its InvalidExecutionInput exception; "" if the text is JSON.
func InputProblem(text []byte) string {
	const prefix = "Invalid State Machine Execution Input: "
	root, failure := readJSON(text)
	switch {
	case failure != nil:
		return prefix + "'" + failure.message + "'"
	case root == nil:
		return prefix + "'Invalid execution input.'"
	}
	return ""
}
