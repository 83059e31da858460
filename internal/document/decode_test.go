package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"null":                       nil,
		" true ":                     true,
		"false":                      false,
		`"a"`:                        "a",
		`""`:                         "",
		`"\"\\\/\b\f\n\r\t"`:         "\"\\/\b\f\n\r\t",
		`"\u0041\u00e9\u20AC"`:       "Aé€",
		`"\ud83d\ude00 \uD83D"`:      "😀 \ufffd",
		`"\ude00\u0041"`:             "\ufffdA",
		`"\ud83d\u0041"`:             "\ufffdA",
		`"\ud83d\ud83d\ude00"`:       "\ufffd😀",
		"\"a\xffb\xc3\"":             "a\ufffdb\ufffd",
		"\"\xed\xa0\x80\"":           "\ufffd\ufffd\ufffd",
		`"föö 日本"`:                   "föö 日本",
		"0":                          0.0,
		"-1":                         -1.0,
		"1.5":                        1.5,
		"1e21":                       json.Number("1e21"),
		"1e+21":                      1e21,
		"1e-7":                       1e-7,
		"1E5":                        json.Number("1E5"),
		"0.0":                        json.Number("0.0"),
		"1.10":                       json.Number("1.10"),
		"-0":                         json.Number("-0"),
		"9007199254740993":           json.Number("9007199254740993"),
		"9007199254740992":           9007199254740992.0,
		"123456789012345":            123456789012345.0,
		"1e999":                      json.Number("1e999"),
		"[]":                         []any{},
		"{}":                         document.NewObject(0),
		`[1,[2,[]],{"a":[{}]}]`:      []any{1.0, []any{2.0, []any{}}, document.ObjectOf(document.Field{Key: "a", Value: []any{document.NewObject(0)}})},
		"{\"b\" : 1 ,\n\"a\":\t2\r}": document.ObjectOf(document.Field{Key: "b", Value: 1.0}, document.Field{Key: "a", Value: 2.0}),
		`{"a":1,"b":2,"a":3}`:        document.ObjectOf(document.Field{Key: "a", Value: 3.0}, document.Field{Key: "b", Value: 2.0}),
		`{"a\u0062":1}`:              document.ObjectOf(document.Field{Key: "ab", Value: 1.0}),
	} {
		got, err := document.Decode([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if negativeZero := text == "-0"; negativeZero {
			if f, ok := document.Float(got); !ok || f != 0 || document.Text(got) != "-0" {
				t.Errorf("-0: got %v", got)
			}
			continue
		}
		if document.Text(got) != document.Text(want) || reflect.TypeOf(got) != reflect.TypeOf(want) {
			t.Errorf("%s: want %T %s, got %T %s", text, want, document.Text(want), got, document.Text(got))
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "unexpected EOF",
		" ":             "unexpected EOF",
		"{":             "unexpected EOF",
		"[1,":           "unexpected EOF",
		`{"a"`:          "unexpected EOF",
		`{"a":`:         "unexpected EOF",
		`"a`:            "unexpected EOF",
		`"a\`:           "unexpected EOF",
		`"\u12`:         "unexpected EOF",
		"tru":           "unexpected EOF",
		"-":             "unexpected EOF",
		"1.":            "unexpected EOF",
		"1e+":           "unexpected EOF",
		"nul!":          "expected null at offset 3",
		"True":          "expected a JSON value at offset 0",
		"+1":            "expected a JSON value at offset 0",
		"NaN":           "expected a JSON value at offset 0",
		"-a":            "not a number at offset 1",
		"1.x":           "not a number at offset 2",
		"1ex":           "not a number at offset 2",
		"1e+x":          "not a number at offset 3",
		"01":            "text goes on after the JSON value at offset 1",
		"1 2":           "text goes on after the JSON value at offset 2",
		"{}}":           "text goes on after the JSON value at offset 2",
		"[1 2]":         "expected , or ] in the array at offset 3",
		"[1,]":          "expected a JSON value at offset 3",
		"[,1]":          "expected a JSON value at offset 1",
		`{"a":1,}`:      "expected a key in double quotes at offset 7",
		"{a:1}":         "expected a key in double quotes at offset 1",
		"{'a':1}":       "expected a key in double quotes at offset 1",
		`{"a" 1}`:       "expected : after the key at offset 5",
		`{"a":1 "b":2}`: "expected , or } in the object at offset 7",
		`"\x"`:          "no such escape in a string at offset 2",
		`"\u12g4"`:      `\u without four hexadecimal digits at offset 5`,
		"\"a\nb\"":      "a string with a control character at offset 2",
		"\"é\x01\"":     "a string with a control character at offset 3",
		"\xef\xbb\xbf1": "expected a JSON value at offset 0",
		strings.Repeat("[", 1001) + strings.Repeat("]", 1001): "JSON is nested more than 1000 deep at offset 1000",
	} {
		v, err := document.Decode([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: want %s, got %v, %v", text, want, v, err)
		}
		if _, ok := errors.AsType[*document.SyntaxError](err); !ok || errors.Is(err, io.ErrUnexpectedEOF) != (want == "unexpected EOF") {
			t.Errorf("%.40q: got %T %v", text, err, err)
		}
	}
	if _, err := document.Decode([]byte(strings.Repeat("[", 1000) + strings.Repeat("]", 1000))); err != nil {
		t.Errorf("1000 arrays inside one another: %v", err)
	}
}

func TestDecodeStrict(t *testing.T) {
	t.Parallel()
	if v, err := document.DecodeStrict([]byte(`{"a":1,"b":{"a":2}}`)); err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	many := strings.TrimSuffix(manyFields(50), "}")
	for text, want := range map[string]string{
		`{"a":1, "a":2}`:       `key "a" stands twice in one object, at offset 8`,
		`[{"\u0061":1,"a":2}]`: `key "a" stands twice in one object, at offset 13`,
		many + `,"field7":1}`:  fmt.Sprintf(`key "field7" stands twice in one object, at offset %d`, len(many)+1),
	} {
		v, err := document.DecodeStrict([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%.30s: want %s, got %v, %v", text, want, v, err)
		}
	}
}

// Decode takes and refuses what encoding/json does, and gives the same value;
// what Encode writes decodes to it again.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,2.50,-0,1e400,true,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":{}}}`, `[[[[]]]]`, `"\ud800"`, "\"\xff\"", `{"a":1,"a":{}}`, "1.", "-", "[1,]", ` 5 `,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := document.Decode(data)
		var want any
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		wantErr := dec.Decode(&want)
		if wantErr == nil {
			if _, err := dec.Token(); !errors.Is(err, io.EOF) {
				wantErr = errors.New("text goes on")
			}
		}
		if (err == nil) != (wantErr == nil) {
			if err != nil && strings.Contains(err.Error(), "nested") {
				return
			}
			t.Fatalf("%q: %v, encoding/json: %v", data, err, wantErr)
		}
		if err != nil {
			return
		}
		if !document.Equal(got, want) {
			t.Fatalf("%q: got %s, encoding/json %s", data, document.Text(got), document.Text(want))
		}
		text, err := document.Encode(got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := document.Decode(text)
		if err != nil || document.Text(again) != string(text) || !document.Equal(got, again) {
			t.Fatalf("%q became %s, then %s, %v", data, text, document.Text(again), err)
		}
		one, err := document.Key(got)
		two, err2 := document.Key(want)
		if one != two || err != nil || err2 != nil {
			t.Fatalf("%q has the keys %s and %s, %v, %v", data, one, two, err, err2)
		}
	})
}
