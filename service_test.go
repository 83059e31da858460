package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

// parkAndGoOn runs an animal through one service after another: each is drained
// as soon as all of the execution waits, and the next goes on with what is kept
// of it as text. It gives the events of all together, without the ends of the
// executions that were put away, and how often that was.
func parkAndGoOn(t *testing.T, a animal, opts ...flow.Option) (e *flow.Execution[any], events []flow.Event, parked int) {
	t.Helper()
	ctx, desk := atDesk(t.Context())
	svc := flow.NewService(a.flow, desk)
	e, err := svc.Start(ctx, zooOrder, append(opts, flow.WithName("zoo"))...)
	if err != nil {
		t.Fatal(err)
	}
	for ; ; parked++ {
		d := svc.Drain(t.Context())
		for ev, err := range e.Events(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Parked) == 0 || ev.Type != "ExecutionAborted" {
				events = append(events, ev)
			}
		}
		if len(d.Parked) == 0 {
			if d := cmp.Diff(flow.Drained{Finished: []string{"zoo"}}, d); d != "" {
				// It may have ended before it was drained.
				if e.Status() == flow.Running {
					t.Error(d)
				}
			}
			return e, events, parked
		}
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrParked) || !errors.Is(err, flow.ErrCancelled) {
			t.Errorf("the wait for a parked execution gives %v", err)
		}
		text, err := json.Marshal(d.Parked[0])
		if err != nil {
			t.Fatal(err)
		}
		var p flow.Parked
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Waits) == 0 || p.Execution != "zoo" || p.Flow != "f" {
			t.Errorf("parked %s", text)
		}
		// Time goes by until the first of what it waits for.
		var first time.Time
		for _, w := range p.Waits {
			if !w.Until.IsZero() && (first.IsZero() || w.Until.Before(first)) {
				first = w.Until
			}
		}
		if parked%2 == 1 && time.Until(first) > 0 {
			time.Sleep(time.Until(first))
		}
		svc = flow.NewService(a.flow, desk)
		if e, err = svc.Resume(ctx, p, opts...); err != nil {
			t.Fatal(err)
		}
		if parked%2 == 0 && time.Until(first) > 0 {
			time.Sleep(time.Until(first))
			synctest.Wait()
		}
	}
}

// Whatever is put away goes on as if it had never been.
func TestParkedZooGoesOn(t *testing.T) {
	parkedOnce := 0
	for _, a := range zoo() {
		t.Run(a.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plain := a.start(t.Context(), flow.WithName("zoo"))
				want, wantErr := plain.Wait(t.Context())
				a.check(t, want, wantErr)
				var whole []flow.Event
				for ev := range plain.Events(t.Context()) {
					whole = append(whole, ev)
				}
				e, events, parked := parkAndGoOn(t, a)
				got, err := e.Wait(t.Context())
				a.check(t, got, err)
				parkedOnce += min(parked, 1)
				if strings.HasPrefix(a.name, "stream") || strings.HasPrefix(a.name, "parallel fails") || strings.HasPrefix(a.name, "map fails") || strings.HasPrefix(a.name, "map exceeds") {
					return // which siblings had begun is up to time
				}
				if d := cmp.Diff(chains(t, whole), chains(t, events)); d != "" {
					t.Errorf("parked %d times, the history differs (- whole, + parked):\n%s", parked, d)
				}
			})
		})
	}
	if parkedOnce < 8 {
		t.Errorf("only %d animals were parked at all", parkedOnce)
	}
}

func TestAnswersAfterTheServiceIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsker(func(n *flow.CallbackNode[approval, ruling]) { n.Timeout(time.Hour) })
		svc := flow.NewService(a.flow)
		e, err := svc.Start(t.Context(), approval{"r"})
		if err != nil {
			t.Fatal(err)
		}
		token := <-a.tokens
		start := time.Now()
		time.Sleep(10 * time.Minute)
		d := svc.Drain(t.Context())
		if len(d.Parked) != 1 {
			t.Fatalf("%+v", d)
		}
		wantWaits := []flow.ParkedWait{{Path: "Ask", Token: token, Until: start.Add(time.Hour)}}
		if d := cmp.Diff(wantWaits, d.Parked[0].Waits, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
			t.Error(d)
		}
		if err := a.desk.Succeed(t.Context(), token, ruling{}); !errors.Is(err, flow.ErrTokenLate) {
			t.Errorf("an answer to what is parked: %v", err)
		}

		// Another process, with a desk of its own.
		next := flow.NewDesk()
		svc = flow.NewService(a.flow, next)
		time.Sleep(10 * time.Minute)
		back, err := svc.Resume(t.Context(), d.Parked[0])
		if err != nil {
			t.Fatal(err)
		}
		if again, err := svc.Resume(t.Context(), d.Parked[0]); !errors.Is(err, flow.ErrExecutionExists) || again != back {
			t.Errorf("resumed twice: %v", err)
		}
		synctest.Wait()
		if w := next.Waiting(); len(w) != 1 || w[0].Token != token || !w[0].Since.Equal(start) || !w[0].Until.Equal(start.Add(time.Hour)) || w[0].Execution != e.ID() {
			t.Errorf("%+v", w)
		}
		want := ruling{By: "ann"}
		if err := next.Succeed(t.Context(), token, want); err != nil {
			t.Error(err)
		}
		if got, err := back.Wait(t.Context()); got != want || err != nil {
			t.Error(got, err)
		}

		// What is not answered times out at the time that was set at first.
		svc = flow.NewService(a.flow)
		if _, err := svc.Start(t.Context(), approval{"r"}); err != nil {
			t.Fatal(err)
		}
		<-a.tokens
		start = time.Now()
		time.Sleep(10 * time.Minute)
		d = svc.Drain(t.Context())
		back, err = flow.NewService(a.flow).Resume(t.Context(), d.Parked[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := back.Wait(t.Context()); !errors.Is(err, flow.ErrTimeout) || time.Since(start) != time.Hour {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// A token is known at the desk as soon as its execution was taken up again.
func TestResumedTokenIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	ask := func(context.Context, string, flow.Token) error { return nil }
	f := flow.New[string, string]("approval").Then(flow.Callback[string]("Approve", ask)).Must()
	for range 50 {
		service := flow.NewService(f, flow.NewDesk())
		if _, err := service.Start(t.Context(), "it"); err != nil {
			t.Fatal(err)
		}
		parked := service.Drain(t.Context()).Parked
		desk := flow.NewDesk()
		exec := f.With(desk).Resume(t.Context(), parked[0].Snapshot)
		if err := desk.Succeed(t.Context(), parked[0].Waits[0].Token, "yes"); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Wait(t.Context()); err != nil || out != "yes" {
			t.Fatalf("%q, %v", out, err)
		}
	}
}

func TestServiceStartsOncePerName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flow.New[int, int]("f").Then(flow.Wait("W", time.Hour)).Must()
		svc := flow.NewService(f).Keep(2)
		ctx, cancel := context.WithCancel(t.Context())
		first, err := svc.Start(ctx, 1, flow.WithName("a"))
		if err != nil || first.ID() != "a" {
			t.Fatal(err)
		}
		cancel() // it goes on without the request that began it
		if again, err := svc.Start(t.Context(), 1, flow.WithName("a")); again != first || err != nil {
			t.Error(err)
		}
		if other, err := svc.Start(t.Context(), 2, flow.WithName("a")); other != first || !errors.Is(err, flow.ErrExecutionExists) {
			t.Error(err)
		}
		if found, ok := svc.Find("a"); !ok || found != first || svc.Running() != 1 {
			t.Error("not found")
		}
		if out, err := first.Wait(t.Context()); out != 1 || err != nil {
			t.Error(out, err)
		}
		synctest.Wait()
		if again, err := svc.Start(t.Context(), 1, flow.WithName("a")); again != first || !errors.Is(err, flow.ErrExecutionExists) || svc.Running() != 0 {
			t.Error(err, svc.Running())
		}
		// Two more that end make the name free.
		for i := range 2 {
			e, err := svc.Start(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = e.Wait(t.Context())
			synctest.Wait()
		}
		if _, ok := svc.Find("a"); ok {
			t.Error("it is still kept")
		}
		anew, err := svc.Start(t.Context(), 2, flow.WithName("a"))
		if anew == first || err != nil {
			t.Error(err)
		}
		anew.Stop(nil)
		_, _ = anew.Wait(t.Context())
		if _, err := svc.Start(ctx, 1); !errors.Is(err, flow.ErrCancelled) {
			t.Errorf("with a context that is done: %v", err)
		}
	})
}

func TestServiceThatStartsTheSameNameAtOnce(t *testing.T) {
	svc := flow.NewService(flow.New[int, int]("f").Then(flow.Wait("W", time.Hour)).Must())
	var wait sync.WaitGroup
	execs := make([]*flow.Execution[int], 20)
	for i := range execs {
		wait.Go(func() {
			var err error
			if execs[i], err = svc.Start(t.Context(), 1, flow.WithName("a")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, e := range execs {
		if e != execs[0] {
			t.Error("there are two")
		}
	}
	if d := svc.Drain(t.Context()); len(d.Parked) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flow.New[string, string]("f").Then(
			flow.Choice("Kind").
				When(flow.Eq(flow.At[string]("$"), "waits"), flow.Wait("W", time.Hour)).
				When(flow.Eq(flow.At[string]("$"), "works"), flow.Task("Work", func(ctx context.Context, s string) (string, error) {
					select {
					case <-time.After(time.Minute):
						return s, nil
					case <-ctx.Done():
						return "", ctx.Err()
					}
				}), flow.Pass("Done")).
				When(flow.Eq(flow.At[string]("$"), "works, then waits"), flow.Do("Work2", func(context.Context, string) error { time.Sleep(time.Minute); return nil }), flow.Wait("W2", time.Hour)).
				When(flow.Eq(flow.At[string]("$"), "takes too long"), flow.Do("Long", func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() })).
				Otherwise()).Must()
		svc := flow.NewService(f)
		execs := map[string]*flow.Execution[string]{}
		for _, kind := range []string{"waits", "works", "works, then waits", "takes too long", "is done at once"} {
			e, err := svc.Start(t.Context(), kind, flow.WithName(kind))
			if err != nil {
				t.Fatal(err)
			}
			execs[kind] = e
		}
		synctest.Wait()
		if !svc.Ready() || svc.Running() != 4 {
			t.Error("not ready", svc.Running())
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		start := time.Now()
		var second flow.Drained
		var wait sync.WaitGroup
		wait.Go(func() { second = svc.Drain(ctx) })
		synctest.Wait()
		if svc.Ready() {
			t.Error("it is ready while it drains")
		}
		if _, err := svc.Start(t.Context(), "late"); !errors.Is(err, flow.ErrDraining) {
			t.Error(err)
		}
		if e, err := svc.Start(t.Context(), "takes too long", flow.WithName("takes too long")); err != nil || e != execs["takes too long"] {
			t.Errorf("a repeated start while it drains: %v", err)
		}
		d := svc.Drain(t.Context())
		wait.Wait()
		if d := cmp.Diff(d, second); d != "" {
			t.Error(d)
		}
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("it took %v", took)
		}
		var parked []string
		for _, p := range d.Parked {
			parked = append(parked, fmt.Sprintf("%s at %s", p.Execution, p.Waits[0].Path))
		}
		if d := cmp.Diff([]string{"waits at W", "works, then waits at W2"}, parked); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([][]string{{"works"}, {"takes too long"}}, [][]string{d.Finished, d.Stopped}); d != "" {
			t.Error(d)
		}
		_, err := execs["takes too long"].Wait(t.Context())
		if !errors.Is(err, flow.ErrDraining) || !errors.Is(err, flow.ErrCancelled) {
			t.Error(err)
		}
	})
}

func TestSnapshotsThatAreNone(t *testing.T) {
	f := flow.New[int, int]("f").Then(flow.Parallel("P", flow.Wait("W", time.Hour), flow.Wait("W2", time.Hour))).Must()
	svc := flow.NewService(f)
	if _, err := svc.Start(t.Context(), 1, flow.WithName("x")); err != nil {
		t.Fatal(err)
	}
	good := string(svc.Drain(t.Context()).Parked[0].Snapshot)
	swap := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in %s", old, good)
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, text := range map[string]string{
		"nothing":          "",
		"no JSON":          "{",
		"another value":    "7",
		"no frame":         `{}`,
		"another flow":     swap(`"flow":"f"`, `"flow":"g"`),
		"another version":  swap(`"states":"`, `"states":"0`),
		"a child":          swap(`"scope":0`, `"scope":1`),
		"no such scope":    swap(`"scope":1`, `"scope":77`),
		"no such state":    swap(`"state":0`, `"state":5`),
		"a negative state": swap(`"state":0`, `"state":-1`),
		"another phase":    swap(`"phase":7`, `"phase":4`),
		"too many":         swap(`"begun":2`, `"begun":3`),
		"no children":      swap(`"live":[`, `"dead":[`),
		"no execution":     swap(`"execution":"x"`, `"execution":""`),
		"negative events":  swap(`"events":`, `"events":-`),
		"too many events":  swap(`"events":`, `"events":9999999999`),
	} {
		t.Run(name, func(t *testing.T) {
			e, err := flow.NewService(f).Resume(t.Context(), flow.Parked{Execution: "x", Snapshot: []byte(text)})
			if e != nil || !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), "Resume of a snapshot") {
				t.Errorf("want a refusal, got %v", err)
			}
			if _, err := f.Resume(t.Context(), []byte(text)).Wait(t.Context()); !errors.Is(err, flow.ErrRuntime) {
				t.Error(err)
			}
		})
	}
}

// Executions that move and wait at random are drained at random moments: each
// is in exactly one list, and what finished or goes on has the right result.
func TestDrainUnderLoad(t *testing.T) {
	f := flow.New[int, int]("f").Then(
		flow.Task("A", func(_ context.Context, i int) (int, error) { return i + 1, nil }),
		flow.Wait("W", time.Millisecond),
		flow.Task("L", func(_ context.Context, i int) ([]int, error) { return []int{i, i, i}, nil }),
		flow.Map[int]("M", flow.At[[]int]("$"), flow.Wait("V", time.Millisecond), flow.Task("B", func(_ context.Context, i int) (int, error) { return i * 2, nil })),
		flow.Task("S", func(_ context.Context, l []int) (int, error) { return l[0] + l[1] + l[2], nil })).Must()
	seen := map[string]int{}
	for round := range 20 {
		svc := flow.NewService(f).Keep(1000)
		execs := map[string]*flow.Execution[int]{}
		want := map[string]int{}
		for i := range 100 {
			e, err := svc.Start(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			execs[e.ID()], want[e.ID()] = e, 6*(i+1)
		}
		time.Sleep(time.Duration(round) * 200 * time.Microsecond)
		d := svc.Drain(t.Context())
		for _, p := range d.Parked {
			seen["parked"]++
			if !errors.Is(errOf(execs[p.Execution].Wait(t.Context())), flow.ErrParked) {
				t.Error("it is parked and goes on")
			}
			execs[p.Execution] = f.Resume(t.Context(), p.Snapshot)
		}
		seen["finished"] += len(d.Finished)
		if len(d.Stopped) > 0 {
			t.Error(d.Stopped)
		}
		for id, e := range execs {
			if got, err := e.Wait(t.Context()); got != want[id] || err != nil {
				t.Fatalf("want %d, got %d, %v", want[id], got, err)
			}
		}
	}
	t.Log(seen)
}

func errOf[T any](_ T, err error) error { return err }
