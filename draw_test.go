package flow_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

type parcel struct {
	Kind  string   `json:"kind"`
	Lines []string `json:"lines"`
	Count int      `json:"count"`
}

var errLost = errors.New("lost")

// drawn has one of each kind of node and of way.
func drawn(t *testing.T) *flow.Flow[parcel, parcel] {
	t.Helper()
	kind := flow.At[string]("$.kind")
	lines := flow.At[[]string]("$.lines")
	count := flow.At[int]("$.count")
	tries := 0
	f, err := flow.New[parcel, parcel]("parcels").Then(
		flow.Task("Weigh", func(_ context.Context, p parcel) (parcel, error) {
			if tries++; p.Kind == "heavy" && tries < 3 {
				return p, errors.New("scales are busy")
			}
			if p.Kind == "lost" {
				return p, errLost
			}
			return p, nil
		}).Retry(flow.Retry{On: flow.ErrTaskFailed, Interval: flow.NoDelay, MaxAttempts: 2}).
			Catch(flow.On(errLost), flow.Do("Search", func(context.Context, parcel) error { return nil })),
		flow.Choice("Sort").
			When(flow.Eq(kind, "express"), flow.Parallel("Rush",
				flow.Do("Call", func(context.Context, parcel) error { return nil }),
				flow.Branch("Load", flow.Wait("Cool down", time.Millisecond), flow.Task("Count", func(context.Context, parcel) (int, error) { return 1, nil }).Into(count)))).
			When(flow.And(flow.Less(count, 0), flow.Not(flow.Eq(kind, "x"))), flow.Fail("Refuse", "Parcels.Broken", "no such parcel")).
			When(flow.More(count, 9), flow.Goto("Weigh")).
			When(flow.Eq(kind, "done"), flow.Succeed("Skip")).
			Otherwise(),
		flow.Map[string]("Label", lines, flow.Task("Print", func(_ context.Context, line string) (string, error) {
			if line == "bad" {
				return "", errors.New("paper jam")
			}
			return strings.ToUpper(line), nil
		})).Into(lines),
	).Build()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDraw(t *testing.T) {
	t.Parallel()
	plain := strings.TrimLeft(`
flowchart TD
  n0(("Start"))
  n1["Weigh<br/><small>Task</small>"]
  n2["Search<br/><small>Task</small>"]
  n3{"Sort"}
  subgraph n4["Rush<br/><small>Parallel</small>"]
    n4_0_0["Call<br/><small>Task</small>"]
    subgraph n4_1_b["Load"]
      n4_1_0(["Cool down<br/><small>Wait 1ms</small>"])
      n4_1_1["Count<br/><small>Task</small>"]
      n4_1_0 --> n4_1_1
    end
  end
  n5[["Refuse<br/><small>Parcels.Broken</small>"]]
  n6(["Skip"])
  subgraph n7["Label<br/><small>Map</small>"]
    n7_0_0["Print<br/><small>Task</small>"]
  end
  n8(("End"))
  n0 --> n1
  n1 --> n3
  n1 -.->|"lost"| n2
  n2 --> n3
  n3 -->|"kind = #quot;express#quot;"| n4
  n3 -->|"count #lt; 0 and not (kind = #quot;x#quot;)"| n5
  n3 -->|"count #gt; 9"| n1
  n3 -->|"kind = #quot;done#quot;"| n6
  n3 -->|"otherwise"| n7
  n4 --> n7
  n6 --> n8
  n7 --> n8
`, "\n")
	if diff := cmp.Diff(plain, flow.Draw(drawn(t)).Mermaid()); diff != "" {
		t.Error(diff)
	}
}

// Each execution colours what it did and thickens the way that it took.
func TestDrawExecution(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in     parcel
		colour string // by state, in the order of the picture
		ways   string // by edge, 1 if taken
	}{
		// Edges: Cool→Count, Start→Weigh, Weigh→Sort, catch, Search→Sort, five ways of Sort, Rush→Label, Skip→End, Label→End.
		"straight":       {parcel{}, "done:plain:done:plain:plain:plain:plain:plain:plain:done", "0110000001001"},
		"items":          {parcel{Lines: []string{"a", "b"}}, "done:plain:done:plain:plain:plain:plain:plain:done:done", "0110000001001"},
		"a retry":        {parcel{Kind: "heavy"}, "retried:plain:done:plain:plain:plain:plain:plain:plain:done", "0110000001001"},
		"a catch":        {parcel{Kind: "lost"}, "caught:done:done:plain:plain:plain:plain:plain:plain:done", "0101100001001"},
		"branches":       {parcel{Kind: "express"}, "done:plain:done:done:done:done:plain:plain:plain:done", "1110010000101"},
		"an end":         {parcel{Kind: "done"}, "done:plain:done:plain:plain:plain:plain:done:plain:done", "0110000010010"},
		"a Fail":         {parcel{Count: -1}, "done:plain:done:plain:plain:plain:failed:plain:plain:plain", "0110001000000"},
		"an item failed": {parcel{Lines: []string{"a", "bad"}}, "done:plain:done:plain:plain:plain:plain:plain:failed:plain", "0110000001000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := drawn(t)
			exec := f.Start(t.Context(), test.in)
			_, _ = exec.Wait(t.Context())
			var events []flow.Event
			for event, err := range exec.Events(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				events = append(events, event)
			}
			picture := flow.Draw(f, events...).Mermaid()
			if got := colours(picture); got != test.colour {
				t.Errorf("colours %s, want %s\n%s", got, test.colour, picture)
			}
			if got := taken(picture); got != test.ways {
				t.Errorf("ways %s, want %s\n%s", got, test.ways, picture)
			}
		})
	}
}

// colours lists the classes of the states of the root and of its branches,
// without groups and the round beginning.
func colours(picture string) string {
	var list []string
	for line := range strings.Lines(picture) {
		if _, class, found := strings.Cut(strings.TrimSpace(line), ":::"); found && !strings.Contains(line, `"Start"`) {
			list = append(list, class)
		}
	}
	return strings.Join(list, ":")
}

// taken has a digit for each edge.
func taken(picture string) string {
	_, style, _ := strings.Cut(picture, "linkStyle ")
	style, _, _ = strings.Cut(style, " ")
	thick := map[string]bool{}
	for index := range strings.SplitSeq(style, ",") {
		thick[index] = true
	}
	var digits strings.Builder
	n := 0
	for line := range strings.Lines(picture) {
		if strings.Contains(line, "-->") || strings.Contains(line, "-.->") {
			digit := "0"
			if thick[strconv.Itoa(n)] {
				digit = "1"
			}
			digits.WriteString(digit)
			n++
		}
	}
	return digits.String()
}

func TestDrawFormats(t *testing.T) {
	t.Parallel()
	picture := flow.Draw(drawn(t))
	if got := picture.DOT(); !strings.HasPrefix(got, "digraph {") || !strings.Contains(got, `label="Weigh\nTask"`) {
		t.Errorf("DOT:\n%s", got)
	}
	decoder := xml.NewDecoder(strings.NewReader(picture.SVG()))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A state machine in the States Language is drawn with what is written in it.
func TestDrawParsed(t *testing.T) {
	t.Parallel()
	f, err := flow.Parse([]byte(`{"StartAt": "Pause", "States": {
		"Pause": {"Type": "Wait", "Seconds": 2, "Next": "Which"},
		"Which": {"Type": "Choice", "Default": "Both", "Choices": [
			{"Variable": "$.n", "NumericGreaterThanEquals": 3, "Next": "Each"},
			{"And": [{"Variable": "$.s", "StringEqualsPath": "$.t"}, {"Not": {"Variable": "$.y", "IsPresent": false}}], "Next": "Bad"},
			{"Variable": "$.s", "StringMatches": "a*", "Next": "Ask"}]},
		"Each": {"Type": "Map", "Next": "Both", "ItemProcessor": {"StartAt": "Call", "States": {
			"Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
				"Catch": [{"ErrorEquals": ["States.Timeout", "Mine"], "Next": "Leave"}], "End": true},
			"Leave": {"Type": "Pass", "End": true}}}},
		"Bad": {"Type": "Fail", "Error": "Bad.Thing"},
		"Ask": {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ask", "Next": "Say"},
		"Say": {"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Both", "Choices": [{"Condition": "{% $states.input.a > 1 %}", "Next": "Bad"}]},
		"Both": {"Type": "Parallel", "End": true, "Branches": [
			{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}},
			{"StartAt": "Y", "States": {"Y": {"Type": "Pass", "End": true}}}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimLeft(`
flowchart TD
  n0(("Start"))
  n1(["Pause<br/><small>Wait 2 s</small>"])
  n2{"Which"}
  subgraph n3["Each<br/><small>Map</small>"]
    n3_0_0["Call<br/><small>lambda:invoke</small>"]
    n3_0_1["Leave<br/><small>Pass</small>"]
    n3_0_0 -.->|"States.Timeout, Mine"| n3_0_1
  end
  n4[["Bad<br/><small>Bad.Thing</small>"]]
  n5["Ask<br/><small>ask</small>"]
  n6{"Say"}
  subgraph n7["Both<br/><small>Parallel</small>"]
    subgraph n7_0_b["branch 1"]
      n7_0_0(["X"])
    end
    subgraph n7_1_b["branch 2"]
      n7_1_0["Y<br/><small>Pass</small>"]
    end
  end
  n8(("End"))
  n0 --> n1
  n1 --> n2
  n2 -->|"n ≥ 3"| n3
  n2 -->|"s = t and not (y is not present)"| n4
  n2 -->|"s like #quot;a#42;#quot;"| n5
  n2 -->|"otherwise"| n7
  n3 --> n7
  n5 --> n6
  n6 -->|"$states.input.a #gt; 1"| n4
  n6 -->|"otherwise"| n7
  n7 --> n8
`, "\n")
	if diff := cmp.Diff(want, flow.Draw(f).Mermaid()); diff != "" {
		t.Error(diff)
	}
}

func TestDrawPrompt(t *testing.T) {
	t.Parallel()
	f := flow.New[string, string]("ask").Then(flow.Prompt[string]("Ask", mock.Echo()).Text("{{$}}").MaxTokens(9)).Must()
	if got, want := flow.Draw(f).Mermaid(), `n1["Ask<br/><small>Prompt</small>"]`; !strings.Contains(got, want) {
		t.Errorf("%s is not in\n%s", want, got)
	}
}

// Nothing to draw is an empty picture, and events of another flow are nothing
// to colour by.
func TestDrawNothing(t *testing.T) {
	t.Parallel()
	if got := flow.Draw(nil).Mermaid(); got != "flowchart TD\n" {
		t.Errorf("got %q", got)
	}
	if got := flow.Draw((*flow.Flow[int, int])(nil)).Mermaid(); got != "flowchart TD\n" {
		t.Errorf("got %q", got)
	}
	other := flow.New[int, int]("other").Then(flow.Pass("Other")).Must()
	exec := other.Start(t.Context(), 1)
	var events []flow.Event
	for event, err := range exec.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	f := drawn(t)
	if diff := cmp.Diff(flow.Draw(f).Mermaid(), flow.Draw(f, events...).Mermaid()); diff != "" {
		t.Error(diff)
	}
}
