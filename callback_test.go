package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

type ruling struct {
	Approved bool   `json:"approved"`
	By       string `json:"by"`
	Note     string `json:"note,omitempty"`
}

type approval struct {
	ID string `json:"id"`
}

// asker is a flow of one Callback, with what was asked.
type asker struct {
	desk   *flow.Desk
	flow   *flow.Flow[approval, ruling]
	tokens chan flow.Token
}

func newAsker(with func(*flow.CallbackNode[approval, ruling])) *asker {
	a := &asker{desk: flow.NewDesk(), tokens: make(chan flow.Token, 100)}
	n := flow.Callback[ruling]("Ask", func(_ context.Context, _ approval, t flow.Token) error { a.tokens <- t; return nil })
	if with != nil {
		with(n)
	}
	a.flow = flow.New[approval, ruling]("f").Then(n).Must().With(a.desk)
	return a
}

func TestAnswersAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		answer any
		want   ruling
		err    string
	}{
		"the type itself":           {answer: ruling{Approved: true, By: "ann"}, want: ruling{Approved: true, By: "ann"}},
		"a pointer to it":           {answer: &ruling{Approved: true, By: "ann"}, want: ruling{Approved: true, By: "ann"}},
		"JSON":                      {answer: json.RawMessage(`{"by": "ann", "approved": true, "note": "ok"}`), want: ruling{Approved: true, By: "ann", Note: "ok"}},
		"a map":                     {answer: map[string]any{"approved": false, "by": "bob"}, want: ruling{By: "bob"}},
		"another struct":            {answer: struct{ Approved bool }{true}, err: "is no flow_test.ruling"},
		"a nil pointer":             {answer: (*ruling)(nil), err: "is no flow_test.ruling"},
		"nothing":                   {answer: nil, err: "null is no flow_test.ruling"},
		"a missing field":           {answer: json.RawMessage(`{"approved":true}`), err: `by`},
		"a misspelt field":          {answer: json.RawMessage(`{"aproved":true,"by":"ann"}`), err: `aproved`},
		"a field of the wrong type": {answer: json.RawMessage(`{"approved":"yes","by":"ann"}`), err: "approved"},
		"no JSON":                   {answer: json.RawMessage(`{`), err: "can't be a document"},
		"no document":               {answer: make(chan int), err: "can't be a document"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAsker(nil)
			e := a.flow.Start(t.Context(), approval{"r"})
			token := <-a.tokens
			err := a.desk.Succeed(t.Context(), token, c.answer)
			if c.err != "" {
				if !errors.Is(err, flow.ErrWrongAnswer) || !strings.Contains(err.Error(), c.err) {
					t.Errorf("want an error about %q, got %v", c.err, err)
				}
				// It goes on waiting, and takes a right answer.
				c.want = ruling{By: "eve"}
				if err := a.desk.Succeed(t.Context(), token, c.want); err != nil {
					t.Error(err)
				}
			} else if err != nil {
				t.Error(err)
			}
			got, err := e.Wait(t.Context())
			if err != nil || got != c.want {
				t.Errorf("want %+v, got %+v, %v", c.want, got, err)
			}
		})
	}
}

func TestAnswersThatAreNoObjects(t *testing.T) {
	desk := flow.NewDesk()
	tokens := make(chan flow.Token, 1)
	f := flow.New[approval, int]("f").Then(flow.Callback[int]("Ask", func(_ context.Context, _ approval, t flow.Token) error { tokens <- t; return nil })).Must().With(desk)
	e := f.Start(t.Context(), approval{})
	token := <-tokens
	for _, wrong := range []any{"7", 7.5, nil, []int{7}} {
		if err := desk.Succeed(t.Context(), token, wrong); !errors.Is(err, flow.ErrWrongAnswer) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	if err := desk.Succeed(t.Context(), token, json.RawMessage("7")); err != nil {
		t.Error(err)
	}
	if got, err := e.Wait(t.Context()); got != 7 || err != nil {
		t.Error(got, err)
	}
}

func TestTokensThatCantBeAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsker(func(n *flow.CallbackNode[approval, ruling]) { n.Timeout(time.Hour) })
		yes := ruling{Approved: true, By: "ann"}
		answer := func(token flow.Token) []error {
			return []error{
				a.desk.Succeed(t.Context(), token, yes),
				a.desk.Fail(t.Context(), token, errStock),
				a.desk.Heartbeat(t.Context(), token),
			}
		}
		check := func(what string, want error, got []error) {
			t.Helper()
			for i, err := range got {
				if !errors.Is(err, want) {
					t.Errorf("%s, %s: want %q, got %v", what, []string{"Succeed", "Fail", "Heartbeat"}[i], want, err)
				}
			}
		}
		check("empty", flow.ErrNoToken, answer(""))
		check("made up", flow.ErrNoToken, answer("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))

		e := a.flow.Start(t.Context(), approval{"r"})
		token := <-a.tokens
		other := flow.NewDesk()
		if err := other.Succeed(t.Context(), token, yes); !errors.Is(err, flow.ErrNoToken) {
			t.Errorf("another desk: %v", err)
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.desk.Succeed(done, token, yes); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that is done: %v", err)
		}
		if err := a.desk.Succeed(t.Context(), token, yes); err != nil {
			t.Error(err)
		}
		check("repeated at once", flow.ErrTokenUsed, answer(token))
		if got, err := e.Wait(t.Context()); err != nil || got != yes {
			t.Error(got, err)
		}
		check("repeated after the end", flow.ErrTokenUsed, answer(token))

		e = a.flow.Start(t.Context(), approval{"r"})
		token = <-a.tokens
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrTimeout) {
			t.Errorf("nobody answers: %v", err)
		}
		check("too late", flow.ErrTokenLate, answer(token))

		e = a.flow.Start(t.Context(), approval{"r"})
		token = <-a.tokens
		e.Stop(nil)
		check("stopped", flow.ErrTokenLate, answer(token))
		_, _ = e.Wait(t.Context())
		if left := a.desk.Waiting(); len(left) > 0 {
			t.Errorf("something waits: %v", left)
		}
	})
}

func TestWaitingListsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := flow.NewDesk()
		ask := func(context.Context, string, flow.Token) error { return nil }
		f := flow.New[[]string, any]("f").Then(
			flow.Map[ruling]("Each", flow.At[[]string]("$"),
				flow.Wait("Settle", time.Second),
				flow.Callback[ruling]("Ask", ask).Timeout(time.Hour).Heartbeat(time.Minute))).Must().With(desk)
		start := time.Now()
		e := f.Start(t.Context(), []string{"a", "b"}, flow.WithName("order-7"))
		time.Sleep(11 * time.Second)
		synctest.Wait()
		inputs := map[string]any{}
		var tokens []flow.Token
		for _, w := range desk.Waiting() {
			inputs[w.Path] = w.Input()
			tokens = append(tokens, w.Token)
			want := flow.Waiting{Token: w.Token, Execution: "order-7", Name: "Ask", Path: w.Path, Since: start.Add(time.Second), Beat: start.Add(time.Second), Until: start.Add(time.Hour + time.Second)}
			if d := cmp.Diff(want, w, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "args" }, cmp.Ignore())); d != "" {
				t.Error(d)
			}
		}
		if d := cmp.Diff(map[string]any{"Each[0]/Ask": "a", "Each[1]/Ask": "b"}, inputs); d != "" {
			t.Error(d)
		}
		if len(tokens) != 2 {
			t.Fatal(tokens)
		}
		if err := desk.Heartbeat(t.Context(), tokens[0]); err != nil {
			t.Error(err)
		}
		if w := desk.Waiting()[0]; w.Beat != start.Add(11*time.Second) {
			t.Errorf("the last beat was at %v", w.Beat)
		}
		for _, token := range tokens {
			if err := desk.Succeed(t.Context(), token, ruling{By: "ann"}); err != nil {
				t.Error(err)
			}
		}
		if _, err := e.Wait(t.Context()); err != nil || len(desk.Waiting()) > 0 {
			t.Error(err, desk.Waiting())
		}
	})
}

func TestHeartbeatsAtTheDesk(t *testing.T) {
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAsker(func(n *flow.CallbackNode[approval, ruling]) { n.Heartbeat(time.Minute).Timeout(time.Hour) })
				start := time.Now()
				e := a.flow.Start(t.Context(), approval{"r"}, opts...)
				token := <-a.tokens
				for range 5 {
					time.Sleep(50 * time.Second)
					if err := a.desk.Heartbeat(t.Context(), token); err != nil {
						t.Error(err)
					}
				}
				_, err := e.Wait(t.Context())
				if !errors.Is(err, flow.ErrHeartbeat) || time.Since(start) != 5*50*time.Second+time.Minute {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
			})
		})
	}
}

// An ask that takes its time is bounded too, and a beat at the desk reaches it.
func TestAskThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := flow.NewDesk()
		tokens := make(chan flow.Token, 1)
		f := flow.New[approval, ruling]("f").Then(flow.Callback[ruling]("Ask", func(ctx context.Context, _ approval, token flow.Token) error {
			tokens <- token
			<-ctx.Done()
			return ctx.Err()
		}).Timeout(time.Hour).Heartbeat(time.Minute)).Must().With(desk)

		start := time.Now()
		e := f.Start(t.Context(), approval{})
		token := <-tokens
		time.Sleep(30 * time.Second)
		if err := desk.Heartbeat(t.Context(), token); err != nil {
			t.Error(err)
		}
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrHeartbeat) || time.Since(start) != 90*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}

		// What was answered in the meantime counts.
		e = f.Start(t.Context(), approval{})
		want := ruling{By: "ann"}
		if err := desk.Succeed(t.Context(), <-tokens, want); err != nil {
			t.Error(err)
		}
		if got, err := e.Wait(t.Context()); got != want || err != nil {
			t.Error(got, err)
		}
	})
}

// Succeed at the very moment of the Timeout: whoever is told that the answer
// counts finds it in the result.
func TestNoAcceptedAnswerIsLost(t *testing.T) {
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
		t.Run(name, func(t *testing.T) {
			a := newAsker(func(n *flow.CallbackNode[approval, ruling]) { n.Timeout(time.Millisecond) })
			counted, timedOut := 0, 0
			for i := range 300 {
				e := a.flow.Start(t.Context(), approval{}, opts...)
				token := <-a.tokens
				want := ruling{By: strconv.Itoa(i)}
				var err error
				var answered sync.WaitGroup
				answered.Add(1)
				time.AfterFunc(time.Millisecond, func() {
					defer answered.Done()
					err = a.desk.Succeed(t.Context(), token, want)
				})
				got, failed := e.Wait(t.Context())
				answered.Wait()
				switch {
				case err == nil:
					counted++
					if got != want || failed != nil {
						t.Fatalf("the answer was taken, but the result is %+v, %v", got, failed)
					}
				case errors.Is(err, flow.ErrTokenLate):
					timedOut++
					if !errors.Is(failed, flow.ErrTimeout) {
						t.Fatalf("the answer was late, but the result is %+v, %v", got, failed)
					}
				default:
					t.Fatal(err)
				}
			}
			t.Logf("%d answers counted, %d were late", counted, timedOut)
		})
	}
}

func TestFailAtTheDesk(t *testing.T) {
	for name, c := range map[string]struct {
		err         error
		name, cause string
	}{
		"a Go error":    {errStock, "States.TaskFailed", "out of stock"},
		"a named error": {namedError{"Stock.Out"}, "Stock.Out", "it is Stock.Out"},
		"an Error":      {&flow.Error{Name: "Mine", Cause: "because"}, "Mine", "because"},
		"nil":           {nil, "States.TaskFailed", "whoever answered gave no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAsker(nil)
			e := a.flow.Start(t.Context(), approval{})
			if err := a.desk.Fail(t.Context(), <-a.tokens, c.err); err != nil {
				t.Error(err)
			}
			_, err := e.Wait(t.Context())
			got, ok := errors.AsType[*flow.Error](err)
			if !ok || got.Name != c.name || got.Cause != c.cause || got.State != "Ask" || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("got %#v", err)
			}
		})
	}
}

func TestWaitingCallbacksHoldNoGoroutine(t *testing.T) {
	const many = 1000
	a := newAsker(func(n *flow.CallbackNode[approval, ruling]) { n.Heartbeat(time.Hour) })
	a.tokens = make(chan flow.Token, many)
	before := runtime.NumGoroutine()
	execs := make([]*flow.Execution[ruling], many)
	for i := range execs {
		execs[i] = a.flow.Start(t.Context(), approval{})
	}
	for len(a.desk.Waiting()) < many || runtime.NumGoroutine() > before+many/10 {
		runtime.Gosched()
	}
	for range many {
		if err := a.desk.Succeed(t.Context(), <-a.tokens, ruling{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range execs {
		if _, err := e.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADeskThatIsNone(t *testing.T) {
	f := flow.New[int, int]("f").Then(flow.Pass("P")).Must()
	for _, d := range []*flow.Desk{nil, {}} {
		if _, err := f.Run(t.Context(), 1, d); err == nil || !strings.Contains(err.Error(), "NewDesk") {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"Succeed":   d.Succeed(t.Context(), "x", 1),
			"Fail":      d.Fail(t.Context(), "x", nil),
			"Heartbeat": d.Heartbeat(t.Context(), "x"),
		} {
			if !errors.Is(err, flow.ErrNoToken) || !strings.Contains(err.Error(), "NewDesk") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if w := d.Waiting(); w != nil {
			t.Error(w)
		}
	}
	if err := flow.NewDesk().Succeed(nil, "x", 1); err == nil || !strings.Contains(err.Error(), "context is nil") { //nolint:staticcheck // that is the point
		t.Error(err)
	}
}

// An execution that ends at the limit of its events leaves no token behind.
func TestNoTokenIsLeftAtTheLimitOfEvents(t *testing.T) {
	f, err := flow.Parse([]byte(tokenMachine))
	if err != nil {
		t.Fatal(err)
	}
	desk := flow.NewDesk()
	for limit := 2; limit < 9; limit++ {
		_, _ = f.Run(t.Context(), nil, desk, tokens(make(chan flow.Token, 1)), flow.EventLimit(limit), flow.VirtualTime(time.Time{}))
		if w := desk.Waiting(); len(w) > 0 {
			t.Errorf("after %d events: %v", limit, w)
		}
	}
}

// Many ask, and many answer the same tokens at once in every way: each attempt
// takes exactly one answer, and who gave it is told so.
func TestTheDeskUnderLoad(t *testing.T) {
	const asks, answerers = 60, 8
	desk := flow.NewDesk()
	tokens := make([]chan flow.Token, answerers)
	for i := range tokens {
		tokens[i] = make(chan flow.Token, asks)
	}
	f := flow.New[int, string]("f").Then(flow.Callback[string]("Ask", func(_ context.Context, _ int, token flow.Token) error {
		for _, c := range tokens {
			c <- token
		}
		return nil
	}).Heartbeat(time.Minute)).Must().With(desk)
	execs := make([]*flow.Execution[string], asks)
	for i := range execs {
		execs[i] = f.Start(t.Context(), i)
	}
	var mu sync.Mutex
	taken := map[string]int{}
	var answered sync.WaitGroup
	for by, c := range tokens {
		answered.Go(func() {
			for i := range asks {
				token := <-c
				var err error
				switch (by + i) % 4 {
				case 0, 1:
					err = desk.Succeed(t.Context(), token, strconv.Itoa(by))
				case 2:
					err = desk.Fail(t.Context(), token, namedError{strconv.Itoa(by)})
				case 3:
					_ = desk.Waiting()
					if err = desk.Heartbeat(t.Context(), token); err == nil {
						continue
					}
				}
				switch {
				case err == nil:
					mu.Lock()
					taken[strconv.Itoa(by)]++
					mu.Unlock()
				case !errors.Is(err, flow.ErrTokenUsed):
					t.Error(err)
				}
			}
		})
	}
	answered.Wait()
	for _, e := range execs {
		by, err := e.Wait(t.Context())
		if failed, ok := errors.AsType[*flow.Error](err); ok {
			by = failed.Name
		}
		taken[by]--
	}
	for by, n := range taken {
		if n != 0 {
			t.Errorf("%s was told of %d answers more than counted", by, n)
		}
	}
	if w := desk.Waiting(); len(w) > 0 {
		t.Errorf("%d still wait", len(w))
	}
}

// The keys of items differ, whether anybody watches or not.
func TestKeysOfItems(t *testing.T) {
	var mu sync.Mutex
	keys := map[string]int{}
	f := flow.New[[]int, any]("f").Then(flow.Map[int]("M", flow.At[[]int]("$"), flow.Task("T", func(ctx context.Context, i int) (int, error) {
		s, _ := flow.StateOf(ctx)
		mu.Lock()
		defer mu.Unlock()
		keys[s.Key]++
		if s.Path != fmt.Sprintf("M[%d]/T", i) {
			t.Errorf("item %d is at %s", i, s.Path)
		}
		return i, nil
	}).Timeout(time.Hour)), flow.Map[int]("N", flow.At[[]int]("$"), flow.Task("T", func(ctx context.Context, i int) (int, error) {
		s, _ := flow.StateOf(ctx)
		mu.Lock()
		defer mu.Unlock()
		keys[s.Key]++
		return i, nil
	}))).Must()
	for _, opts := range [][]flow.Option{nil, {flow.Observe(func(flow.Event) {})}, {flow.Stepwise()}} {
		clear(keys)
		if _, err := f.Run(t.Context(), []int{0, 1, 2}, opts...); err != nil || len(keys) != 6 {
			t.Errorf("%v: %v", keys, err)
		}
	}
}
