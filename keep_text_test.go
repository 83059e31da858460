package flow_test

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

// talker streams numbered pieces.
func talker(t *testing.T, pieces int) flow.Model {
	t.Helper()
	words := make([]string, pieces)
	for i := range words {
		words[i] = fmt.Sprintf("%d ", i)
	}
	m := mocktest.Model(t)
	m.When().Chunks(words...).Always().Maybe()
	return m
}

// told are the texts among events, and how many were dropped in their place.
func told(events []flow.Event) []string {
	var out []string
	for _, e := range events {
		switch e.Type {
		case flow.ModelText:
			out = append(out, strings.TrimSpace(e.Text))
		case flow.ModelTextDropped:
			out = append(out, fmt.Sprint(e.State, " dropped ", e.Length))
		}
	}
	return out
}

func TestAReaderThatComesLateMissesTheOldestText(t *testing.T) {
	f := flow.New[letter, string]("letters").Then(
		flow.Prompt[string]("One", talker(t, 4)).Text("?"), flow.Prompt[string]("Two", talker(t, 5)).Text("?"),
	).Must(flow.KeepText(4))
	e := f.Start(t.Context(), ada)
	if _, err := e.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var events []flow.Event
	for ev := range e.Events(t.Context()) {
		events = append(events, ev)
	}
	if diff := cmp.Diff([]string{"One dropped 3", "3", "0", "1", "2", "3", "4"}, told(events)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ids := int64(0) // nothing else is missing
	for _, ev := range events {
		if ev.ID > 0 {
			if ids++; ev.ID != ids {
				t.Errorf("event %d came after %d", ev.ID, ids-1)
			}
		}
	}
	if last := events[len(events)-1]; last.Type != "ExecutionSucceeded" || e.Usage().Total() == 0 {
		t.Errorf("the last is %v, usage %v", last, e.Usage())
	}
}

// paused is a model that streams 40 pieces, and stops after 6 until it may go on.
type paused struct {
	flow.Model
	until chan struct{}
}

func (p paused) Stream(context.Context, *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		for i := range 40 {
			if i == 6 {
				<-p.until
			}
			if !yield(model.Event{Type: model.EventText, Text: strconv.Itoa(i)}, nil) {
				return
			}
		}
		yield(model.Event{Type: model.EventEnd, Response: &model.Response{Stop: model.StopEnd}}, nil)
	}
}

// A reader is told of what it has not read, not of what others have missed.
func TestASlowReaderIsToldHowManyItHasMissed(t *testing.T) {
	m := paused{mock.New(), make(chan struct{})}
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", m).Text("?")).Must(flow.KeepText(8))
	observed := 0
	e := f.Start(t.Context(), ada, flow.Observe(func(ev flow.Event) {
		if ev.Type == flow.ModelText {
			observed++
		}
	}))
	var events []flow.Event
	for ev := range e.Events(t.Context()) {
		events = append(events, ev)
		if ev.Type == flow.ModelText && ev.Text == "2" {
			close(m.until)
			if _, err := e.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, missed := told(events), 0
	for _, s := range got {
		var n int
		if _, err := fmt.Sscanf(s, "P dropped %d", &n); err == nil {
			missed += n
		}
	}
	if texts := len(got) - 1; missed == 0 || texts+missed != 40 || got[2] != "2" || got[len(got)-1] != "39" || observed != 40 {
		t.Errorf("%d of 40 pieces, %d observed: %q", texts+missed, observed, got)
	}
}

func TestAHistoryKeepsSomeText(t *testing.T) {
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", talker(t, 100)).Text("?")).Must()
	var h flow.History
	if _, err := f.Run(t.Context(), ada, flow.KeepText(10), flow.Record(&h)); err != nil {
		t.Fatal(err)
	}
	got := told(h.Events())
	var dropped int
	if _, err := fmt.Sscanf(got[0], "P dropped %d", &dropped); err != nil || dropped+len(got)-1 != 100 || len(got) > 17 {
		t.Errorf("got %q", got)
	}
	h.Reset()
	if _, err := f.Run(t.Context(), ada, flow.Record(&h)); err != nil {
		t.Fatal(err)
	}
	if got := told(h.Events()); len(got) != 100 || got[0] != "0" {
		t.Errorf("by default %q", got)
	}
	_, err := f.Run(t.Context(), ada, flow.KeepText(0))
	if err == nil || !strings.Contains(err.Error(), "KeepText(0): it has to be positive") {
		t.Errorf("got %v", err)
	}
}
