package flow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

// keyed notes the visit of each call of a model.
type keyed struct {
	model.Model
	visits *[]string
}

func (k keyed) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	s, _ := flow.StateOf(ctx)
	*k.visits = append(*k.visits, s.Key[strings.LastIndex(s.Key, "#"):])
	return k.Model.Generate(ctx, req)
}

func TestAnAnswerThatDoesNotFitIsAVisitOfItsOwn(t *testing.T) {
	want := strings.Split(strings.Join([]string{
		"TaskStateEntered, TaskScheduled, TaskStarted, ModelAnswered, TaskFailed, ModelReasked, TaskStateExited",
		"TaskStateEntered, TaskScheduled, TaskStarted, TaskFailed, RetryScheduled 2",
		"TaskScheduled 2, TaskStarted 2, TaskFailed 2, RetryScheduled 3",
		"TaskScheduled 3, TaskStarted 3, ModelAnswered 3, TaskFailed 3, ModelReasked 3, TaskStateExited 3",
		"TaskStateEntered, TaskScheduled, TaskStarted, TaskFailed, RetryScheduled 2",
		"TaskScheduled 2, TaskStarted 2, TaskFailed 2, RetryScheduled 3",
		"TaskScheduled 3, TaskStarted 3, ModelAnswered 3, TaskSucceeded 3, TaskStateExited 3",
	}, ", "), ", ")
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise(), flow.Checked()}} {
		t.Run(name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When().Text("glad").Throttle(2, 0).Text("{}").Throttle(2, 0).JSON(verdict{Mood: "glad"})
			var visits, got []string
			f := flow.New[letter, letter]("letters").Then(
				flow.Pass("Before"),
				flow.Prompt[verdict]("Judge", keyed{m, &visits}).Text("{{body}}").Whole().
					Retry(flow.Retry{On: flow.ErrThrottled, Interval: flow.NoDelay, MaxAttempts: 2}).
					Into(flow.At[verdict]("$.mood")),
			).Must()
			out, err := f.Run(t.Context(), ada, append(opts, flow.Observe(func(e flow.Event) {
				switch {
				case e.State != "Judge":
				case e.Attempt > 0:
					got = append(got, fmt.Sprint(e.Type, " ", e.Attempt+1))
				default:
					got = append(got, e.Type)
				}
			}))...)
			if diff := cmp.Diff(ada, out); diff != "" || err != nil {
				t.Fatalf("%v %s", err, diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"#1", "#2", "#2", "#2", "#3", "#3", "#3"}, visits); diff != "" {
				t.Errorf("visits (-want +got):\n%s", diff)
			}
		})
	}
}

// The document of a visit is still there in the next one, also where the memory
// of documents is used again.
func TestAskingAgainKeepsTheDocument(t *testing.T) {
	m := mocktest.Model(t)
	ask := func() *flow.PromptNode[verdict] { return flow.Prompt[verdict]("Judge", m).Text("Is it {{mood}}?") }
	m.When().JSON(verdict{Mood: "sad"}).Text(`{"score": 1, "mood": 2}`).JSON(verdict{Mood: "glad", Score: 3})
	f := flow.New[verdict, verdict]("letters").Then(
		flow.Task("Before", func(_ context.Context, v verdict) (verdict, error) { return v, nil }),
		flow.Prompt[verdict]("Warm", m).Text("{{mood}}"),
		ask(),
	).Must()
	got, err := f.Run(t.Context(), verdict{Mood: "glad", Score: 1})
	if diff := cmp.Diff(verdict{Mood: "glad", Score: 3}, got); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	if asked := m.Calls().Last().Request.Messages[0].Text(); asked != "Is it sad?" {
		t.Errorf("asked %q", asked)
	}
}

// A node that gives up may be caught, and is not tried again by a Retry of all.
func TestAnAnswerThatNeverFitsIsCaught(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Text("{}").Times(2)
	f := flow.New[letter, verdict]("letters").Then(
		flow.Prompt[verdict]("Judge", m).Text("?").Reasks(1).Retry(flow.Retry{On: flow.ErrAll, Interval: flow.NoDelay}).
			Recover(flow.On(model.ErrOutput), func(_ context.Context, e *flow.Error) (verdict, error) { return verdict{Mood: e.Cause}, nil }),
	).Must()
	if got, err := f.Run(t.Context(), ada); err != nil || got.Mood != "mood is missing" {
		t.Errorf("got %v, %v", got, err)
	}
}

// A definition made of a flow can't visit a state once more; its handlers ask
// again, and run an agent's flows.
func TestAnExportedPromptAsksAgain(t *testing.T) {
	m := mocktest.Model(t)
	inner := flow.New[lookup, found]("inner").Then(flow.Task("Find", find)).Must()
	f := flow.New[letter, string]("letters").Then(
		flow.Prompt[verdict]("Judge", m).Text("{{body}}").Reasks(1),
		flow.Agent[string]("Support", m, flow.ToolFlow("search", "", inner)).Text("{{mood}}"),
	).Must()
	text, err := f.ASL()
	if err != nil {
		t.Fatal(err)
	}
	handlers, err := f.Handlers()
	if err != nil {
		t.Fatal(err)
	}
	exported, err := flow.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	m.When().Text("{}").JSON(verdict{Mood: "glad"}).ToolCall("search", lookup{7}).Text("done")
	out, err := exported.Run(t.Context(), map[string]any{"from": "Ada", "body": "?"}, flow.Resources(handlers))
	if err != nil || out != "done" || !strings.Contains(m.Calls().Last().Prompt(), `{"state":"sent"}`) {
		t.Errorf("got %v, %v", out, err)
	}
	m.When().Text("{}").Times(2)
	_, err = exported.Run(t.Context(), map[string]any{"from": "Ada", "body": "?"}, flow.Resources(handlers))
	if e, ok := errors.AsType[*flow.Error](err); !ok || e.Name != "Model.Output" {
		t.Errorf("got %v", err)
	}
}

// What was said before an execution was put away is known when it goes on, and
// what it has cost.
func TestAskingAgainGoesOnAfterParking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mocktest.Model(t)
		m.When().Text("{}").Usage(10, 30).Throttle(1, time.Hour).JSON(verdict{Mood: "glad"}).Usage(10, 30)
		build := func() *flow.Flow[letter, verdict] {
			return flow.New[letter, verdict]("letters").Then(
				flow.Prompt[verdict]("Judge", m).Text("?").MaxTokens(30).Retry(flow.Retry{On: flow.ErrThrottled}),
			).Must(flow.Budget(5, cents))
		}
		svc := flow.NewService(build())
		if _, err := svc.Start(t.Context(), ada); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		parked := svc.Drain(t.Context()).Parked
		if len(parked) != 1 || parked[0].Waits[0].Path != "Judge" {
			t.Fatalf("parked %v", parked)
		}
		got, err := build().Resume(t.Context(), parked[0].Snapshot).Wait(t.Context())
		if err != nil || got.Mood != "glad" {
			t.Fatalf("got %v, %v", got, err)
		}
		if n := len(m.Calls().Last().Request.Messages); n != 3 || len(m.Calls()) != 3 {
			t.Errorf("%d messages in the last of %d calls", n, len(m.Calls()))
		}
		_, err = build().Resume(t.Context(), parked[0].Snapshot, flow.Budget(0.7, cents)).Wait(t.Context())
		if !errors.Is(err, flow.ErrBudget) || !strings.HasSuffix(err.Error(), "and $0.300000 is left of $0.7") {
			t.Errorf("got %v", err)
		}
	})
}
