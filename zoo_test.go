package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// The zoo: small flows that between them use every node and every way to
// succeed and fail. Many tests run all of them.

type order struct {
	ID    string   `json:"id"`
	Lines []line   `json:"lines"`
	Tags  []string `json:"tags,omitempty"`
	Total float64  `json:"total"`
}

type line struct {
	SKU string  `json:"sku"`
	Qty int     `json:"qty"`
	Per float64 `json:"per"`
}

var (
	lines   = flow.At[[]line]("$.lines")
	total   = flow.At[float64]("$.total")
	id      = flow.At[string]("$.id")
	note    = flow.At[string]("$.note")
	prices  = flow.At[[]float64]("$.prices")
	failure = flow.At[*flow.Failure]("$.failure")
	failed  = flow.At[[]flow.ItemFailure]("$.failed")
	rounds  = flow.Var[int]("rounds")
)

var errStock = errors.New("out of stock")

type namedError struct{ name string }

func (e namedError) Error() string     { return "it is " + e.name }
func (e namedError) ErrorName() string { return e.name }

func price(_ context.Context, l line) (float64, error) { return float64(l.Qty) * l.Per, nil }

func sum(_ context.Context, p []float64) (float64, error) {
	s := 0.0
	for _, x := range p {
		s += x
	}
	return s, nil
}

// failing fails its first n attempts.
func failing[In, Out any](n int, err error, out Out) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, _ In) (Out, error) {
		s, _ := flow.StateOf(ctx)
		if s.Attempt < n {
			var zero Out
			return zero, err
		}
		return out, nil
	}
}

// animal is a flow of the zoo with its input and what it comes to.
type animal struct {
	name string
	run  func(ctx context.Context, opts ...flow.Option) (any, error)
	// start begins it; the returned function waits.
	start func(ctx context.Context, opts ...flow.Option) *flow.Execution[any]
	asl   func(opts ...flow.ExportOption) ([]byte, error)
	// handlers does the tasks of what asl writes.
	handlers func(opts ...flow.ExportOption) (*flow.Registry, error)
	flow     *flow.Flow[order, any]
	want     string // JSON of the result
	err      string // name of the error
}

type deskKey struct{}

// atDesk gives a context whose callbacks are answered at a desk of its own, so
// that no test meets what waits in another, perhaps on another clock.
func atDesk(ctx context.Context) (context.Context, *flow.Desk) {
	desk := flow.NewDesk()
	return context.WithValue(ctx, deskKey{}, desk), desk
}

func deskOf(ctx context.Context) *flow.Desk {
	desk, _ := ctx.Value(deskKey{}).(*flow.Desk)
	return desk
}

// answerAll answers all that waits in the execution under ctx.
func answerAll(ctx context.Context, _ order) error {
	here, _ := flow.StateOf(ctx)
	for _, w := range deskOf(ctx).Waiting() {
		if w.Execution != here.Execution {
			continue
		}
		if err := deskOf(ctx).Succeed(ctx, w.Token, "yes to "+w.Path); err != nil {
			return err
		}
	}
	return nil
}

// zooOrder is what the animals are given.
var zooOrder = order{ID: "o1", Lines: []line{{"a", 1, 2.5}, {"b", 2, 1}, {"c", 3, 4}}, Tags: []string{"x"}}

func newAnimal(name string, want, err string, b *flow.Builder[order, any]) animal {
	f, berr := b.Build()
	if berr != nil {
		panic(fmt.Sprintf("%s: %v", name, berr))
	}
	in := zooOrder
	return animal{
		name: name, want: want, err: err, flow: f, asl: f.ASL, handlers: f.Handlers,
		run: func(ctx context.Context, opts ...flow.Option) (any, error) {
			ctx, desk := atDesk(ctx)
			return f.With(desk).Run(ctx, in, opts...)
		},
		start: func(ctx context.Context, opts ...flow.Option) *flow.Execution[any] {
			ctx, desk := atDesk(ctx)
			return f.With(desk).Start(ctx, in, opts...)
		},
	}
}

func zoo() []animal {
	fast := func(r flow.Retry) flow.Retry { r.Interval = flow.NoDelay; return r }
	return []animal{
		newAnimal("a task replaces the document", `"o1!"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", func(_ context.Context, o order) (string, error) { return o.ID + "!", nil }))),
		newAnimal("from and into", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":16.5,"prices":[2.5,2,12]}`, "",
			flow.New[order, any]("f").Then(
				flow.Map[float64]("Prices", lines, flow.Task("Price", price)).Into(prices),
				flow.Task("Sum", sum).From(prices).Into(total))),
		newAnimal("map one after another", `[2.5,2,12]`, "",
			flow.New[order, any]("f").Then(flow.Map[float64]("Prices", lines, flow.Task("Price", price)).Concurrency(1))),
		newAnimal("map that waits", `[1,2,3]`, "",
			flow.New[order, any]("f").Then(flow.Map[int]("M", lines, flow.Wait("W", time.Hour), flow.Task("Qty", func(_ context.Context, l line) (int, error) { return l.Qty, nil })).Concurrency(2))),
		newAnimal("map with item and carry", `["o1/a","o1/b","o1/c"]`, "",
			flow.New[order, any]("f").Then(flow.Map[string]("M", lines,
				flow.Task("Join", func(_ context.Context, x struct {
					ID   string `json:"id"`
					Line line   `json:"line"`
				},
				) (string, error) {
					return x.ID + "/" + x.Line.SKU, nil
				})).Item(flow.At[line]("$.line")).Carry(id))),
		newAnimal("map tolerates", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0,"prices":[2.5,0,12],"failed":[{"index":1,"Error":"Stock.Out","Cause":"it is Stock.Out"}]}`, "",
			flow.New[order, any]("f").Then(flow.Map[float64]("M", lines, flow.Task("Price", unlessB)).Tolerate(1, failed).Into(prices).Concurrency(1))),
		newAnimal("map fails", "", "Stock.Out",
			flow.New[order, any]("f").Then(flow.Map[float64]("M", lines, flow.Task("Price", unlessB)).Concurrency(1))),
		newAnimal("map exceeds", "", "States.ExceedToleratedFailureThreshold",
			flow.New[order, any]("f").Then(flow.Map[float64]("M", lines, flow.Task("Price", unlessB)).ToleratePercent(30, failed).Into(prices).Concurrency(1))),
		newAnimal("batches", `[2,1]`, "",
			flow.New[order, any]("f").Then(flow.Batch[int]("B", lines, 2, flow.Task("Len", func(_ context.Context, l []line) (int, error) { return len(l), nil })))),
		newAnimal("parallel", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":3,"note":"hello"}`, "",
			flow.New[order, any]("f").Then(flow.Parallel("P",
				flow.Task("Count", func(_ context.Context, o order) (float64, error) { return float64(len(o.Lines)), nil }).Into(total),
				flow.Branch("Greet", flow.Wait("W", time.Minute), flow.Task("Hello", func(context.Context, order) (string, error) { return "hello", nil }).Into(note)),
				flow.Do("Nothing", func(context.Context, order) error { return nil })))),
		newAnimal("parallel fails", "", "Stock.Out",
			flow.New[order, any]("f").Then(flow.Parallel("P",
				flow.Task("A", func(context.Context, order) (string, error) { return "", namedError{"Stock.Out"} }).Into(note),
				flow.Branch("B", flow.Wait("W", time.Minute), flow.Pass("Never"))).Concurrency(1))),
		newAnimal("retry then fine", `"fine"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](2, errStock, "fine")).Retry(fast(flow.Retry{On: flow.On(errStock)})))),
		newAnimal("retry with delays", `"fine"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](3, errStock, "fine")).Retry(flow.Retry{On: flow.ErrAll, Interval: time.Minute}))),
		newAnimal("retry used up", "", "States.TaskFailed",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](5, errStock, "fine")).Retry(fast(flow.Retry{MaxAttempts: 2})))),
		newAnimal("catch", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0,"failure":{"Error":"Stock.Out","Cause":"it is Stock.Out"},"note":"handled o1"}`, "",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](1, namedError{"Stock.Out"}, "fine")).
				Catch(flow.On(flow.ErrAll).Into(failure), flow.Task("Handle", func(_ context.Context, o order) (string, error) { return "handled " + o.ID, nil })).Into(note))),
		newAnimal("recover", `"Stock.Out"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](1, namedError{"Stock.Out"}, "fine")).
				Recover(flow.ErrTaskFailed, func(_ context.Context, err *flow.Error) (string, error) { return err.Name, nil }))),
		newAnimal("catch of a parallel", `"o1"`, "",
			flow.New[order, any]("f").Then(
				flow.Parallel("P", flow.Do("A", func(context.Context, order) error { return namedError{"Stock.Out"} })).
					Catch(&flow.Error{Name: "Stock.Out"}, flow.Pass("Caught")),
				flow.Task("End", func(_ context.Context, o order) (string, error) { return o.ID, nil }))),
		newAnimal("retry of a map", `[1,1,1]`, "",
			flow.New[order, any]("f").Then(flow.Map[int]("M", lines, flow.Task("T", func(ctx context.Context, l line) (int, error) {
				if l.SKU == "b" && !again(ctx) {
					return 0, errStock
				}
				return 1, nil
			}).Retry(fast(flow.Retry{}))).Retry(fast(flow.Retry{})).Concurrency(1))),
		newAnimal("choice and loop", `3`, "",
			flow.New[order, any]("f").Then(
				flow.Pass("Begin").Assign(flow.Set(rounds, 0)),
				flow.Pass("Round").Assign(flow.Add(rounds, 1)),
				flow.Choice("Enough").When(flow.Less(rounds, 3), flow.Goto("Round")).Otherwise(),
				flow.Task("End", func(_ context.Context, n int) (int, error) { return n, nil }).From(rounds))),
		newAnimal("succeed early", `"o1"`, "",
			flow.New[order, any]("f").Then(
				flow.Task("T", func(_ context.Context, o order) (string, error) { return o.ID, nil }),
				flow.Choice("C").When(flow.Eq(flow.At[string]("$"), "o1"), flow.Succeed("Early")).Otherwise(),
				flow.Fail("Late", "Too.Late", "it went on"))),
		newAnimal("fail", "", "My.Error", flow.New[order, any]("f").Then(flow.Wait("W", time.Second), flow.Fail("F", "My.Error", "because"))),
		newAnimal("call", `[2.5,2,12]`, "",
			flow.New[order, any]("f").Then(flow.Call("Sub", flow.New[[]line, []float64]("sub").Then(
				flow.Map[float64]("Prices", flow.At[[]line]("$"), flow.Task("Price", price))).Must()).From(lines))),
		newAnimal("gather", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0,"both":["o1","waited"]}`, "",
			flow.New[order, any]("f").Then(flow.Gather[string]("G",
				flow.Task("ID", func(_ context.Context, o order) (string, error) { return o.ID, nil }),
				flow.Branch("B", flow.Wait("W", time.Minute), flow.Give("V", flow.Const("waited")))).Into(flow.At[[]string]("$.both")))),
		newAnimal("gather fails", "", "Stock.Out",
			flow.New[order, any]("f").Then(flow.Gather[any]("G", flow.Do("A", func(context.Context, []line) error { return namedError{"Stock.Out"} })).From(lines))),
		newAnimal("give what is made", `{"of":"o1","skus":["b","c"],"fixed":[1,{"n":3}],"text":"o1 in Make"}`, "",
			flow.New[order, any]("f").Then(
				flow.Give("Make", flow.Make[any](flow.Parts{
					"of": id, "skus": flow.Expr[[]string]("$.lines[?(@.qty > 1)].sku"), "fixed": []any{1, flow.Parts{"n": flow.At[int]("$.lines[2].qty")}},
					"text": flow.Expr[string]("States.Format('{} in {}', $.id, $$.State.Name)"),
				})),
				flow.Task("Same", func(_ context.Context, v any) (any, error) { return v, nil }))),
		newAnimal("task of parts", `"o1: 3 lines"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", func(_ context.Context, in struct {
				ID    string `json:"id"`
				Lines []line `json:"lines"`
				Text  string `json:"text"`
			},
			) (string, error) {
				return fmt.Sprintf("%s: %d %s", in.ID, len(in.Lines), in.Text), nil
			}).From(flow.Make[struct {
				ID    string `json:"id"`
				Lines []line `json:"lines"`
				Text  string `json:"text"`
			}](flow.Parts{"id": id, "lines": lines, "text": "lines"})))),
		newAnimal("select", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0,"picked":{"first":"a","of":"o1!"}}`, "",
			flow.New[order, any]("f").Then(
				flow.Task("T", func(_ context.Context, o order) (any, error) {
					return map[string]any{"of": o.ID + "!", "list": []string{"a", "b"}}, nil
				}).Select(flow.Make[any](flow.Parts{"of": flow.At[string]("$.of"), "first": flow.At[string]("$.list[0]")})).Into(flow.At[any]("$.picked")))),
		newAnimal("select in place of the document", `"b"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", func(_ context.Context, o order) (any, error) { return o.Lines, nil }).Select(flow.At[any]("$[1].sku")))),
		newAnimal("end behind a choice and in a handler", `"early"`, "",
			flow.New[order, any]("f").Then(
				flow.Task("T", failing[order](1, namedError{"Stock.Out"}, "fine")).Catch(flow.ErrAll, flow.Task("Early", func(context.Context, order) (string, error) { return "early", nil }), flow.End()).Into(note),
				flow.Choice("C").When(flow.Present(id), flow.Pass("P"), flow.End()).Otherwise(),
				flow.Fail("F", "Never", ""))),
		newAnimal("map and gather that drop their results", `"o1"`, "",
			flow.New[order, any]("f").Then(
				flow.Map[float64]("M", lines, flow.Task("Price", price)).Drop(),
				flow.Gather[any]("G", flow.Task("T", func(context.Context, order) (int, error) { return 1, nil })).Drop(),
				flow.Task("End", func(_ context.Context, o order) (string, error) { return o.ID, nil }))),
		newAnimal("a handler without a result", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0}`, "",
			flow.New[order, any]("f").Then(flow.Task("T", failing[order](1, namedError{"Stock.Out"}, "fine")).Catch(flow.ErrAll, flow.Pass("P")).Into(note))),
		newAnimal("panic", "", "States.TaskFailed",
			flow.New[order, any]("f").Then(flow.Task("T", func(context.Context, order) (int, error) { panic("ouch") }))),
		newAnimal("missing value", "", "States.Runtime",
			flow.New[order, any]("f").Then(
				flow.Task("Open", func(context.Context, order) (map[string]any, error) { return map[string]any{"other": 1}, nil }),
				flow.Do("T", func(context.Context, string) error { return nil }).From(note))),
		newAnimal("timeout", `"late"`, "",
			flow.New[order, any]("f").Then(flow.Task("T", func(ctx context.Context, _ order) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			}).Timeout(time.Hour).Recover(flow.ErrTimeout, func(context.Context, *flow.Error) (string, error) { return "late", nil }))),
		newAnimal("callback", `{"id":"o1","lines":[{"sku":"a","qty":1,"per":2.5},{"sku":"b","qty":2,"per":1},{"sku":"c","qty":3,"per":4}],"tags":["x"],"total":0,"note":"yes to P/Ask"}`, "",
			flow.New[order, any]("f").Then(flow.Parallel("P",
				flow.Callback[string]("Ask", func(context.Context, order, flow.Token) error { return nil }).Timeout(time.Hour).Into(note),
				flow.Branch("B", flow.Wait("W", time.Minute), flow.Do("Answer", answerAll))))),
		newAnimal("callback for each item", `["yes to P/M[0]/Ask","yes to P/M[1]/Ask","yes to P/M[2]/Ask"]`, "",
			flow.New[order, any]("f").Then(
				flow.Parallel("P",
					flow.Map[string]("M", lines, flow.Callback[string]("Ask", func(context.Context, line, flow.Token) error { return nil })).Into(flow.At[[]string]("$.answers")),
					flow.Branch("B", flow.Wait("W", time.Minute), flow.Do("Answer", answerAll))),
				flow.Task("End", func(_ context.Context, answers []string) ([]string, error) { return answers, nil }).From(flow.At[[]string]("$.answers")))),
		newAnimal("callback answered at once", `"o1?"`, "",
			flow.New[order, any]("f").Then(flow.Callback[string]("Ask", func(ctx context.Context, o order, token flow.Token) error {
				return deskOf(ctx).Succeed(ctx, token, o.ID+"?")
			}).Heartbeat(time.Minute))),
		newAnimal("callback refused and asked again", `"fine"`, "",
			flow.New[order, any]("f").Then(flow.Callback[string]("Ask", func(ctx context.Context, o order, token flow.Token) error {
				if again(ctx) {
					return deskOf(ctx).Succeed(ctx, token, "fine")
				}
				return deskOf(ctx).Fail(ctx, token, errStock)
			}).Retry(flow.Retry{On: flow.ErrAll, Interval: time.Minute}))),
		newAnimal("callback that nobody answers", `"late"`, "",
			flow.New[order, any]("f").Then(flow.Callback[string]("Ask", func(context.Context, order, flow.Token) error { return nil }).Timeout(time.Hour).
				Recover(flow.ErrTimeout, func(context.Context, *flow.Error) (string, error) { return "late", nil }))),
		newAnimal("callback without a heartbeat", "", "States.HeartbeatTimeout",
			flow.New[order, any]("f").Then(flow.Callback[string]("Ask", func(context.Context, order, flow.Token) error { return nil }).Timeout(time.Hour).Heartbeat(time.Minute))),
		newAnimal("callback that can't ask", "", "Stock.Out",
			flow.New[order, any]("f").Then(flow.Callback[string]("Ask", func(context.Context, order, flow.Token) error { return namedError{"Stock.Out"} }))),
		newAnimal("stream", `{"items":3,"failed":0}`, "",
			flow.New[order, any]("f").Then(flow.Stream[float64]("S", openLines, flow.Wait("W", time.Minute), flow.Task("Price", price)).Concurrency(2).
				Sink(func(context.Context, []flow.StreamItem[line, float64]) error { return nil }))),
		newAnimal("stream tolerates", `{"items":3,"failed":1,"failures":[{"index":1,"Error":"Stock.Out","Cause":"it is Stock.Out"}]}`, "",
			flow.New[order, any]("f").Then(flow.Stream[float64]("S", openLines, flow.Task("Price", unlessB)).Concurrency(1).Tolerate(1))),
		newAnimal("stream fails and is recovered", `{"items":7,"failed":0}`, "",
			flow.New[order, any]("f").Then(flow.Stream[float64]("S", openLines, flow.Task("Price", unlessB)).Concurrency(1).
				Recover(&flow.Error{Name: "Stock.Out"}, func(context.Context, *flow.Error) (flow.Streamed, error) { return flow.Streamed{Items: 7}, nil }))),
	}
}

// openLines streams the lines of an order.
func openLines(_ context.Context, o order) (flow.Source[line], error) {
	return flow.Seq(func(yield func(line, error) bool) {
		for _, l := range o.Lines {
			if !yield(l, nil) {
				return
			}
		}
	}), nil
}

// again tells whether this is not the first attempt.
func again(ctx context.Context) bool {
	s, _ := flow.StateOf(ctx)
	return s.Attempt > 0
}

func unlessB(_ context.Context, l line) (float64, error) {
	if l.SKU == "b" {
		return 0, namedError{"Stock.Out"}
	}
	return float64(l.Qty) * l.Per, nil
}

// check compares an outcome with what the animal is to come to.
func (a animal) check(t *testing.T, out any, err error) {
	t.Helper()
	if a.err != "" {
		if !errors.Is(err, &flow.Error{Name: a.err}) {
			t.Errorf("want the error %s, got %v, %v", a.err, out, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("want %s, got the error %v", a.want, err)
	}
	if got := sorted(t, out); got != sortedText(t, a.want) {
		t.Errorf("want %s\n got %s", sortedText(t, a.want), got)
	}
}

func sorted(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return sortedText(t, string(data))
}

func sortedText(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// chains is a history without what concurrency makes of it: each event with
// the one that it follows, sorted.
func chains(t *testing.T, events []flow.Event) []string {
	t.Helper()
	names := map[int64]string{}
	describe := func(e flow.Event) string {
		value, err := json.Marshal(e.Value())
		if err != nil {
			t.Fatal(err)
		}
		vars, err := json.Marshal(e.Variables())
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("%s %s[%d] attempt %d %s %s", e.Type, e.Path, e.Index, e.Attempt, value, vars)
		if e.Error != nil {
			s += " " + e.Error.Name + ": " + e.Error.Cause
		}
		return s
	}
	for _, e := range events {
		names[e.ID] = e.Type + " " + e.Path
	}
	out := make([]string, 0, len(events))
	for _, e := range events {
		s := describe(e)
		if !strings.HasSuffix(e.Type, "StateSucceeded") && !strings.HasPrefix(e.Type, "Map") && !strings.HasPrefix(e.Type, "Parallel") && e.ID != 0 {
			s += " after " + names[e.Previous]
		}
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}
