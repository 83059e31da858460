package path_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

type row struct {
	Name   string          `json:"name"`
	Status int             `json:"status"`
	Tags   []string        `json:"tags,omitempty"`
	When   time.Time       `json:"when"`
	Next   *row            `json:"next,omitempty"`
	Extra  map[string]any  `json:"extra"`
	Raw    json.RawMessage `json:"raw,omitempty"`
}

// A path reads the same from Go values as from the JSON that they stand for.
func TestGuests(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	guest := map[string]any{
		"rows": []row{
			{Name: "a", Status: 0, Tags: []string{"x", "y"}, When: when, Next: &row{Name: "n"}, Extra: map[string]any{"k": []int{1, 2}}},
			{Name: "b", Status: 1, When: when, Raw: json.RawMessage(`{"deep":[1,{"z":2}]}`)},
		},
		"array": [2]float32{1.5, 2},
		"byID":  map[int]*row{7: {Name: "seven"}, 10: nil},
	}
	data, err := json.Marshal(guest)
	if err != nil {
		t.Fatal(err)
	}
	plain := decode(t, string(data))
	for _, text := range []string{
		"$", "$.rows", "$.rows[0]", "$.rows[0].name", "$.rows[-1].raw.deep[1].z", "$.rows[0].next.name", "$.rows[*].name", "$.rows[*].next.name",
		"$.rows[?(@.status == 0)].name", "$.rows[?(@.tags)].name", "$.rows[?(@.tags contains 'x')].when", "$..name", "$..z", "$..*",
		"$.rows[0].tags[*]", "$.rows[0].extra.k[1]", "$.array[1]", "$.byID['7'].name", "$.byID.*", "$.byID.keys()", "$.rows.length()",
		"$.rows[0]['name','tags','status']", "$.rows[1:].name", "$.array.sum()", "$.rows[?(@.when == '2026-01-02T03:04:05Z')].name",
	} {
		p := mustCompile(t, text)
		want, err := p.GetFrom(plain)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := p.GetFrom(guest)
		if err != nil || !document.Equal(want, got) {
			t.Errorf("%s:\nwant %s\ngot  %s, %v", text, document.Text(want), document.Text(got), err)
		}
	}
}
