package model_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/model"
)

// everyBlock has one block of each kind with every field set.
func everyBlock() model.Contents {
	source := model.Source{Bytes: []byte{0, 1, 255}, URL: "s3://b/k", S3Owner: "123", FileID: "f1", MIMEType: "image/png"}
	return model.Contents{
		&model.Text{Text: "a <b> & \u00e9", Citations: []model.Citation{{
			Title: "T", Source: "s", Cited: []string{"x", "y"}, Start: 1, End: 5,
			Location: model.Location{Kind: model.LocationPages, Index: 2, Start: 3, End: 4, URL: "u", Domain: "d", FileID: "f"},
		}}},
		&model.Image{Format: "png", Source: source, Detail: "low", Error: "e"},
		&model.Document{Name: "n", Format: "pdf", Source: source, Text: "t", Content: []string{"c"}, Context: "ctx", Cite: true},
		&model.Video{Format: "mp4", Source: source},
		&model.Audio{Format: "mp3", Source: source, ID: "a1", Transcript: "words", Error: "e"},
		&model.JSON{Value: json.RawMessage(`{"n":1.50}`)},
		&model.ToolUse{ID: "t1", Name: "lookup", Input: json.RawMessage(`{"id":7}`), Server: true},
		&model.ToolUse{ID: "t2", Name: "lookup", Malformed: `{"id":`},
		&model.ToolResult{ID: "t1", Name: "lookup", Error: true, Server: "web", Content: model.Contents{
			&model.Text{Text: "r"}, &model.JSON{Value: json.RawMessage(`[]`)},
		}},
		&model.Reasoning{Text: "hm", Signature: "sig", Redacted: []byte{9}, ID: "r1", Summary: "s"},
		&model.Refusal{Text: "no"},
		&model.SearchResult{Source: "u", Title: "t", Content: []string{"p"}, Cite: true},
		&model.Guard{Text: "g", Qualifiers: []string{"query"}, Image: &model.Image{Format: "png", Source: source}},
		&model.CachePoint{TTL: "1h"},
		&model.ToolChange{Name: "lookup", Server: "mcp", Type: "tool", Remove: true},
		&model.Other{Type: "webSearch", Value: json.RawMessage(`{"q":"x"}`)},
	}
}

func TestContentsSurviveJSON(t *testing.T) {
	want := everyBlock()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got model.Contents
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a round trip through JSON (-want +got):\n%s", diff)
	}
}

func TestContentsInJSON(t *testing.T) {
	for _, c := range []struct {
		name string
		in   model.Contents
		want string
	}{
		{"nil is null", nil, `null`},
		{"empty is empty", model.Contents{}, `[]`},
		{"a block is an object of one member", model.Texts("Hi", "there"), `[{"text":{"text":"Hi"}},{"text":{"text":"there"}}]`},
		{"a cache point may have no fields", model.Contents{&model.CachePoint{}}, `[{"cachePoint":{}}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := json.Marshal(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if string(data) != c.want {
				t.Errorf("got %s, want %s", data, c.want)
			}
		})
	}
}

func TestContentsFromJSON(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     model.Contents
		err      string
	}{
		{"null is nil", `null`, nil, ""},
		{"a kind that is not known is kept", `[{"hologram":{"a":1}}]`, model.Contents{&model.Other{Type: "hologram", Value: json.RawMessage(`{"a":1}`)}}, ""},
		{"a block of two members", `[{"text":{"text":"a"},"image":{}}]`, nil, "block 0: a block is an object of one member, this one has 2"},
		{"a block of none", `[{}]`, nil, "block 0: a block is an object of one member, this one has 0"},
		{"a block that is null", `[{"text":{"text":"a"}},{"text":null}]`, nil, "block 1: text is null"},
		{"a field of another type", `[{"text":{"text":7}}]`, nil, "block 0: text: json: cannot unmarshal number into Go struct field Text.text of type string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got model.Contents
			err := json.Unmarshal([]byte(c.in), &got)
			switch {
			case err == nil && c.err != "", err != nil && err.Error() != c.err:
				t.Fatalf("got error %v, want %q", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestANilBlockIsAnError(t *testing.T) {
	for name, c := range map[string]model.Contents{"untyped": {nil}, "typed": {(*model.Text)(nil)}} {
		t.Run(name, func(t *testing.T) {
			if data, err := json.Marshal(c); err == nil {
				t.Errorf("got %s, want an error", data)
			}
		})
	}
}

func TestTextJoinsTexts(t *testing.T) {
	c := model.Contents{&model.Reasoning{Text: "hm"}, &model.Text{Text: "a"}, &model.ToolUse{ID: "1"}, &model.Text{Text: "b"}, &model.Refusal{Text: "no"}}
	if got := c.Text(); got != "ab" {
		t.Errorf("got %q, want %q", got, "ab")
	}
}

func TestToolUsesLeavesOutThoseOfTheServer(t *testing.T) {
	mine := &model.ToolUse{ID: "1", Name: "a"}
	c := model.Contents{&model.ToolUse{ID: "0", Name: "web", Server: true}, &model.Text{Text: "a"}, mine}
	if diff := cmp.Diff([]*model.ToolUse{mine}, c.ToolUses()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewToolUse(t *testing.T) {
	for _, c := range []struct {
		name, input string
		want        *model.ToolUse
	}{
		{"nothing is an empty object", " \n", &model.ToolUse{ID: "i", Name: "n", Input: json.RawMessage(`{}`)}},
		{"JSON is kept as it is", `{"a": 1.0}`, &model.ToolUse{ID: "i", Name: "n", Input: json.RawMessage(`{"a": 1.0}`)}},
		{"what is no JSON is kept apart", `{"a":`, &model.ToolUse{ID: "i", Name: "n", Malformed: `{"a":`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, model.NewToolUse("i", "n", c.input)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
