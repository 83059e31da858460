package flow_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/flowstone-go/flow"
)

// unsayable are the animals that have no form in the States Language, with what
// the error says of each.
var unsayable = map[string]string{
	"map tolerates":                 "Tolerate",
	"map exceeds":                   "Tolerate",
	"parallel fails":                "Concurrency(1) of a Parallel",
	"stream":                        "a Stream",
	"stream tolerates":              "a Stream",
	"stream fails and is recovered": "a Stream",
	"retry then fine":               `the Go error "out of stock", which has no name`,
}

// An exported flow, parsed and run with the same Go functions, goes the same way
// to the same end.
func TestExportedZoo(t *testing.T) {
	for _, a := range zoo() {
		t.Run(a.name, func(t *testing.T) {
			text, err := a.asl(flow.ExportRounded())
			if why, ok := unsayable[a.name]; ok {
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Fatalf("want an error about %s, got %s, %v", why, text, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			handlers, err := a.handlers(flow.ExportRounded())
			if err != nil {
				t.Fatal(err)
			}
			exported, err := flow.Parse(text, flow.ParseName("f"))
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			synctest.Test(t, func(t *testing.T) {
				var want, got []string
				_, _ = a.run(t.Context(), flow.Observe(trail(&want)))
				ctx, desk := atDesk(t.Context())
				out, err := exported.Run(ctx, zooOrder, flow.Resources(handlers), desk, flow.Observe(trail(&got)))
				a.check(t, out, err)
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("states entered:\n got %v\nwant %v\n%s", got, want, text)
				}
			})
		})
	}
}

// trail collects the names of the states that are entered.
func trail(names *[]string) func(flow.Event) {
	return func(e flow.Event) {
		if strings.HasSuffix(e.Type, "StateEntered") {
			*names = append(*names, e.State)
		}
	}
}
