package flow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/flowstone-go/flow"
)

// straight is a flow of plain tasks, in branches and alone, of which one may fail or
// wait to be stopped.
func straight(fail, hang string) *flow.Flow[doc, doc] {
	task := func(name string) flow.Node {
		return flow.Task(name, func(ctx context.Context, d doc) (doc, error) {
			time.Sleep(time.Millisecond)
			d.N++
			switch name {
			case fail:
				return d, errors.New("failed")
			case hang:
				<-ctx.Done()
				return d, ctx.Err()
			}
			return d, nil
		})
	}
	none := func(name string) flow.Node {
		return flow.Do(name, func(context.Context, doc) error { return nil })
	}
	return flow.New[doc, doc]("line").Then(
		flow.Parallel("P", flow.Branch("L", none("P1"), none("P2"), none("P3")), none("Q")).Concurrency(1),
		flow.Call("Inner", flow.New[doc, doc]("inner").Then(task("A"), task("B"), task("C"), task("D")).Must()),
	).Must()
}

// written is all that an event tells.
func written(t *testing.T, events []flow.Event) []string {
	t.Helper()
	var out []string
	for _, e := range events {
		data, err := e.MarshalJSON()
		require.NoError(t, err)
		out = append(out, fmt.Sprint(e.Path, " ", e.Attempt, " ", string(data)))
	}
	return out
}

// What a line of tasks records as it goes is what it tells who watches it event by
// event, and what every driver records.
func TestALineRecordsWhatItTells(t *testing.T) {
	for _, c := range []struct{ name, fail, hang string }{{name: "to the end"}, {"fails", "C", ""}, {"is stopped", "", "C"}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				run := func(opts ...flow.Option) []flow.Event {
					var h flow.History
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					start := time.Now()
					_, err := straight(c.fail, c.hang).Run(ctx, doc{N: 1}, append(opts, flow.Record(&h))...)
					assert.Equal(t, c.name == "to the end", err == nil, err)
					events := h.Events()
					for i := range events { // as if it had begun at the same time
						events[i].Time = events[i].Time.Add(began.Sub(start))
					}
					return events
				}
				recorded := written(t, run())
				var seen []flow.Event
				observed := written(t, run(flow.Observe(func(e flow.Event) { seen = append(seen, e) })))
				assert.Equal(t, observed, recorded)
				assert.Len(t, seen, len(recorded))
				assert.Equal(t, written(t, run(flow.Stepwise())), recorded)
			})
		})
	}
}

// Who reads while the line runs sees each event as soon as it has happened.
func TestALineIsReadWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		wait := func(_ context.Context, d doc) (doc, error) { <-hold; return d, nil }
		f := flow.New[doc, doc]("held").Then(flow.Task("A", wait), flow.Task("B", wait), flow.Task("C", wait)).Must()
		e := f.Start(t.Context(), doc{})
		var got []string
		go func() {
			for ev, err := range e.Events(t.Context()) {
				assert.NoError(t, err)
				got = append(got, ev.State+ev.Type)
			}
		}()
		var want []string
		want = append(want, "ExecutionStarted")
		for _, name := range []string{"A", "B", "C"} {
			want = append(want, name+"TaskStateEntered", name+"TaskScheduled", name+"TaskStarted")
			synctest.Wait()
			assert.Equal(t, want, got)
			hold <- struct{}{}
			want = append(want, name+"TaskSucceeded", name+"TaskStateExited")
		}
		_, err := e.Wait(t.Context())
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, append(want, "ExecutionSucceeded"), got)
	})
}
