package states_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

func TestBrokenJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, message string
		point         string // what follows the text in the location
	}{
		{"nothing of the kind", "Unrecognized token 'nothing': was expecting " + values, "line: 1, column: 8"},
		{"nul", "Unrecognized token 'nul': was expecting " + values, "line: 1, column: 4"},
		{"truer", "Unrecognized token 'truer': was expecting " + values, "line: 1, column: 6"},
		{"{", "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)\"{\"; line: 1, column: 1])", "line: 1, column: 2"},
		{"{\n  \"a\": [1,\n   2", "Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)\"{\n  \"a\": [1,\n   2\"; line: 2, column: 8])", "line: 3, column: 5"},
		{`{"a": 1,`, "Unexpected end-of-input within/between Object entries", "line: 1, column: 9"},
		{`{"a":`, "Unexpected end-of-input within/between Object entries", "line: 1, column: 6"},
		{`{"a": 1,}`, "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", "line: 1, column: 10"},
		{"{\r\n\ta: 1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name", "line: 2, column: 3"},
		{`{"a" 1}`, "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", "line: 1, column: 7"},
		{`{"a": 1 "b": 2}`, "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", "line: 1, column: 10"},
		{`[1 2]`, "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", "line: 1, column: 5"},
		{`{"a": [1}`, "Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)\"{\"a\": [1}\"; line: 1, column: 7])", "line: 1, column: 10"},
		{`{"a": 'b'}`, "Unexpected character (''' (code 39)): expected a valid value " + values, "line: 1, column: 8"},
		{`{"a": €}`, "Unexpected character ('€' (code 8364 / 0x20ac)): expected a valid value " + values, "line: 1, column: 8"},
		{`{"𝄞": 1, "a": }`, "Unexpected character ('}' (code 125)): expected a valid value " + values, "line: 1, column: 17"},
		{"{/* a */}", "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)", "line: 1, column: 3"},
		{`{"a": 1, "b": 2, "a": 3}`, "Duplicate field 'a'", "line: 1, column: 21"},
		{"{\"a", "Unexpected end-of-input in field name", "line: 1, column: 4"},
		{`{"a": "b`, "Unexpected end-of-input: was expecting closing quote for a string value", "line: 1, column: 9"},
		{"{\"a\": \"b\n\"}", "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value", "line: 1, column: 10"},
		{`{"a": "\x"}`, "Unrecognized character escape 'x' (code 120)", "line: 1, column: 10"},
		{`{"a": "\u12G4"}`, "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence", "line: 1, column: 13"},
		{`{"a": 01}`, "Invalid numeric value: Leading zeroes not allowed", "line: 1, column: 8"},
		{`{"a": -}`, "Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value", "line: 1, column: 9"},
		{`{"a": 1.}`, "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit", "line: 1, column: 10"},
		{`{"a": 1e}`, "Unexpected character ('}' (code 125)) in numeric value: Exponent indicator not followed by a digit", "line: 1, column: 10"},
		{`{} x`, "Unrecognized token 'x': was expecting " + values, "line: 1, column: 5"},
		{"\x01{}", "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowed between tokens", "line: 1, column: 2"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			m, ds := states.ParseJSON([]byte(tt.text))
			if m != nil || len(ds) != 1 {
				t.Fatal(m, ds)
			}
			location := `[Source: (String)"` + strings.ReplaceAll(tt.text, "\x01", `\u0001`) + `"; ` + tt.point + "]"
			if strings.Contains(tt.text, "\t") {
				location = strings.ReplaceAll(location, "\t", `\u0009`)
			}
			want := states.Diagnostic{Severity: states.Error, Code: states.InvalidJSON, Message: tt.message + "\n at " + location, Location: location}
			got := ds[0]
			got.Line, got.Column = 0, 0
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongTextsAreCutInLocations(t *testing.T) {
	t.Parallel()
	_, ds := states.ParseJSON([]byte(`{"a": "` + strings.Repeat("x", 600) + `", b}`))
	want := `[Source: (String)"{"a": "` + strings.Repeat("x", 493) + `"[truncated 112 chars]; line: 1, column: 612]`
	if diff := cmp.Diff(want, ds[0].Location); diff != "" {
		t.Error(diff)
	}
}

func TestEveryJSONIsTaken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`0`, `-0`, `0.0`, `1e2`, `-1.5E+10`, `123456789012345678901234567890`, `1e999`, `""`, `"a\"b\\c\/d\b\f\n\r\t\u00e9\ud834\udd1e"`, `"\ud834"`, `"\ud834\u0041"`,
		`"é𝄞"`, `true`, `[]`, `[ ]`, `[[],{}]`, `{"":{"":null}}`, "\ufeff{}", " \r\n\t[1 , 2] \n",
	} {
		definition := `{"StartAt":"S","States":{"S":{"Type":"Pass","Result":` + strings.TrimPrefix(text, "\ufeff") + `,"End":true}}}`
		m, ds := states.ParseJSON([]byte(definition))
		if m == nil {
			t.Errorf("%s: %v", text, ds)
			continue
		}
		var want any
		d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := m.States[0].Result.V; !document.Equal(got, want) {
			t.Errorf("%s: got %s, want %v", text, document.Text(got), want)
		}
	}
}

func TestDepthIsLimited(t *testing.T) {
	t.Parallel()
	m, ds := states.ParseJSON([]byte(strings.Repeat("[", 100_000)))
	want := states.Diagnostics{{
		Severity: states.Error, Code: states.TooDeeplyNested, Message: "The definition is nested more than 1000 deep", Line: 1, Column: 1001,
	}}
	if diff := cmp.Diff(want, ds); m != nil || diff != "" {
		t.Error(m, diff)
	}
}

func TestLengthIsLimited(t *testing.T) {
	t.Parallel()
	for start, want := range map[string]string{
		"{":       "The definition is longer than 16777216 bytes",
		"a: b\n#": "The definition is longer than 262144 bytes",
	} {
		m, ds := states.Parse([]byte(start + strings.Repeat(" ", states.MaxText)))
		if m != nil || len(ds) != 1 || ds[0].Message != want {
			t.Error(m, ds)
		}
	}
}

func TestInputs(t *testing.T) {
	t.Parallel()
	const prefix = "Invalid State Machine Execution Input: "
	for text, want := range map[string]string{
		`{}`: "", `null`: "", `1`: "", `"s"`: "", ` [1] `: "",
		"":     prefix + "'Invalid execution input.'",
		" \n":  prefix + "'Invalid execution input.'",
		"soon": prefix + "'Unrecognized token 'soon': was expecting " + values + "'",
	} {
		if got := states.InputProblem([]byte(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	text := "{\n  \"StartAt\": \"a/é\",\n  \"States\": {\n    \"a/é\": {\"Type\": \"Map\", \"Ünit\": 1, \"Retry\": [\n      {\"MaxAttempts\": 3}\n    ]}\n  }\n}"
	m, ds := states.Parse([]byte(text))
	if m == nil {
		t.Fatal(ds)
	}
	type place struct {
		location, pointer string
		line, column      int
	}
	at := func(p states.Pos) place {
		line, column := p.LineColumn()
		return place{p.Location(), p.Pointer(), line, column}
	}
	got := []place{at(m.Pos), at(m.States[0].Pos), at(m.States[0].Retry[0].MaxAttempts.Pos), at(states.Of(1).Pos)}
	want := []place{
		{"/", "", 1, 1},
		{"/States/a/é", "/States/a~1é", 4, 12},
		{"/States/a/é/Retry[0]/MaxAttempts", "/States/a~1é/Retry/0/MaxAttempts", 5, 23},
		{"", "", 0, 0},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(place{})); diff != "" {
		t.Error(diff)
	}
	found := states.Check(m, states.Standard)
	wantFound := states.Diagnostic{Severity: states.Error, Code: states.SchemaFailed, Message: "Field 'Ünit' is not supported", Location: "/States/a/é", Line: 4, Column: 28}
	if diff := cmp.Diff(wantFound, found[0]); diff != "" {
		t.Error(diff)
	}
}

func TestPositionsInLongLines(t *testing.T) {
	t.Parallel()
	comment := strings.Repeat("é", 3000)
	for _, lineBreak := range []string{"\n", "\r", "\r\n"} {
		text := "{" + lineBreak + lineBreak + `"Comment": "` + comment + `", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`
		m, ds := states.ParseJSON([]byte(text))
		if m == nil {
			t.Fatal(ds)
		}
		if line, column := m.States[0].Pos.LineColumn(); line != 3 || column != 3048 {
			t.Errorf("%q: line %d, column %d", lineBreak, line, column)
		}
	}
}
