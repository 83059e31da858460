package flow

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// StreamNode runs nodes for each item of a source without end. See [Stream].
type StreamNode[In, I, O any] struct {
	spec
	task *streamCall[In, I, O]
}

// Stream is a [Map] without bounds: it runs nodes for each item of a [Source]
// and hands what they gave to a sink, and holds no more than a window of items
// at any time.
//
//	flow.Stream[Label]("LabelAll", openTickets, flow.Prompt[Label]("Label", m).Text("…")).
//		Concurrency(16).Sink(store).Into(counts)
//
// open is given what a [Task] would be given and gives the source; its context
// is that of the attempt. The document that the nodes work on is the item, what
// it is at their end is the item's result, an O. The result of the Stream itself
// is a [Streamed].
//
// At most 40 items are at work at once, and at most four times as many are
// held: see [StreamNode.Concurrency] and [StreamNode.Window]. An error of the
// source is [ErrItemReader]: the items from before it are finished first. One of
// the sink is [ErrResultWriter], and stops the rest at once; so does an item
// that fails, with its own error, unless failures are tolerated. A [Retry] of
// the node goes on where the sink had come to, if the source can (see [Source]):
// no item is left out, and none that the sink has taken is given to it again
// (but see [StreamNode.Unordered]).
//
// Each item at work has a goroutine, also while it waits: an item is not put away
// as an execution that waits is, and Concurrency bounds both.
//
// The nodes' events go to observers, but [Execution.Events] and [History] don't
// keep them, since there is no end of them: they have [StreamProgress].
func Stream[O, In, I any](name string, open func(context.Context, In) (Source[I], error), nodes ...Node) *StreamNode[In, I, O] {
	n := &StreamNode[In, I, O]{spec: spec{
		name: name, at: here(), kind: machine.Task, in: reflect.TypeFor[In](), out: reflect.TypeFor[Streamed](), body: nodes,
		stream: &streaming{item: reflect.TypeFor[I](), result: reflect.TypeFor[O]()},
	}}
	n.checkName()
	if open == nil {
		n.wrong("", "Stream without a function that opens its source")
	}
	if len(nodes) == 0 {
		n.wrong("", "Stream without a node")
	}
	n.task = &streamCall[In, I, O]{name: name, streaming: n.stream, open: open, own: owning[In]()}
	n.callee = n.task
	return n
}

// streaming is how a Stream goes over its items.
type streaming struct {
	item, result reflect.Type
	limit        int
	window       int
	unordered    bool
	tolerate     int
	percent      float64
}

// exceeds tells whether so many failures are more than the count that is
// tolerated.
func (s *streaming) exceeds(failures int64) bool {
	return (s.tolerate > 0 || s.percent == 0) && failures > int64(s.tolerate)
}

func (s *streaming) workers() int {
	if s.limit > 0 {
		return s.limit
	}
	return 40
}

func (s *streaming) held() int {
	if s.window > 0 {
		return s.window
	}
	return 4 * s.workers()
}

// Streamed is what a [Stream] comes to.
type Streamed struct {
	// Items is how many are through, failed ones included.
	Items int `json:"items"`
	// Failed is how many of them have failed and were tolerated.
	Failed int `json:"failed"`
	// Failures lists the first hundred of those; the sink is given all.
	Failures []ItemFailure `json:"failures,omitempty"`
}

// StreamItem is an item of a [Stream] with what came of it, as the sink is
// given it.
type StreamItem[I, O any] struct {
	// Index is the place of the item, from 0.
	Index int
	// Item is what the source gave, Output what the nodes made of it.
	Item   I
	Output O
	// Err says why the item has failed, where failures are tolerated; then Output
	// is zero. Nil for all others.
	Err *Error
}

// From has open given the value at ref instead of the whole document.
func (n *StreamNode[In, I, O]) From(ref Ref[In]) *StreamNode[In, I, O] {
	n.setRef(&n.from, ref.r, "From")
	return n
}

// Into puts the [Streamed] at ref in the document instead of in its place.
func (n *StreamNode[In, I, O]) Into(ref Ref[Streamed]) *StreamNode[In, I, O] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Sink has write called with the items that are through: one call after
// another, each with all that have become ready in the meantime, in the order
// of the source. The slice is the sink's own. Without a sink what the nodes give
// is dropped.
func (n *StreamNode[In, I, O]) Sink(write func(context.Context, []StreamItem[I, O]) error) *StreamNode[In, I, O] {
	if write == nil {
		n.wrong("leave it out for no sink", "Sink without a function")
	}
	n.task.write = write
	return n
}

// Concurrency bounds the number of items at work at once. 0 is 40.
func (n *StreamNode[In, I, O]) Concurrency(limit int) *StreamNode[In, I, O] {
	if limit < 0 {
		n.wrong("1 is one after another", "Concurrency(%d)", limit)
	}
	n.stream.limit = limit
	return n
}

// Window bounds the number of items that are held: read, at work, or waiting
// for an earlier one or for the sink. 0 is four times the Concurrency; it is at
// least the Concurrency. What the source reads at once comes on top.
func (n *StreamNode[In, I, O]) Window(items int) *StreamNode[In, I, O] {
	if items < 0 {
		n.wrong("", "Window(%d)", items)
	}
	n.stream.window = items
	return n
}

// Unordered gives items to the sink as they become ready, so that none waits
// for an earlier one that takes long. A [Retry] then may give the sink items
// again: those of pages that were not through as a whole.
func (n *StreamNode[In, I, O]) Unordered() *StreamNode[In, I, O] {
	n.stream.unordered = true
	return n
}

// Tolerate lets up to count items fail: the sink is given them with their Err,
// and [Streamed] counts and lists them. One more fails the Stream with
// [ErrTolerance], which wraps that item's error.
func (n *StreamNode[In, I, O]) Tolerate(count int) *StreamNode[In, I, O] {
	if count < 1 {
		n.wrong("leave it out to tolerate none", "Tolerate(%d)", count)
	}
	n.stream.tolerate = count
	return n
}

// ToleratePercent is Tolerate for a share of the items, from 0 to 100. It is judged
// of the items that are through: when all are, and before, since there may be no
// end, as soon as they are a window full (see Window). With both, exceeding either
// fails the Stream.
func (n *StreamNode[In, I, O]) ToleratePercent(percent float64) *StreamNode[In, I, O] {
	if !(percent > 0 && percent <= 100) {
		n.wrong("leave it out to tolerate none", "ToleratePercent(%v): a share is more than 0, and 100 at most", percent)
	}
	n.stream.percent = percent
	return n
}

// Retry has failures tried again, from where the sink had come to; see [Retry].
// To retry one item, put the Retry on the node inside.
func (n *StreamNode[In, I, O]) Retry(r ...Retry) *StreamNode[In, I, O] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *StreamNode[In, I, O]) Catch(on Matcher, handler ...Node) *StreamNode[In, I, O] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *StreamNode[In, I, O]) Recover(on Matcher, fn func(context.Context, *Error) (Streamed, error)) *StreamNode[In, I, O] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Timeout bounds an attempt as a whole; see [TaskNode.Timeout].
func (n *StreamNode[In, I, O]) Timeout(d time.Duration) *StreamNode[In, I, O] {
	n.setBound(&n.timeout, d, "Timeout")
	return n
}

// Assign gives variables their values when all items are through; see [Set].
func (n *StreamNode[In, I, O]) Assign(a ...Assignment) *StreamNode[In, I, O] {
	n.assign = append(n.assign, a...)
	return n
}

// checkStream reports bounds that contradict each other.
func (b *scoping) checkStream(s *spec) {
	for _, t := range []reflect.Type{s.stream.item, s.stream.result} {
		if why := document.Unfit(t); why != "" {
			b.add(problem{at: s.at, state: s.name, text: "an item or its result can't be a document: " + why, cure: "keep handles such as files and clients in the function, not in the document"})
		}
	}
	if st := s.stream; st.window > 0 && st.window < st.workers() {
		b.add(problem{
			at: s.at, state: s.name, text: fmt.Sprintf("a Window of %d for %d items at once", st.window, st.workers()),
			cure: "make it larger, or the Concurrency smaller",
		})
	}
}

// StreamProgress tells how far a [Stream] is: Index items are through, Failed
// of them have failed and were tolerated, Length are read. It comes once in a
// window of items, of a long stream less often, and at the end.
const StreamProgress = "StreamProgress"

// progress is what a Stream tells while it runs.
type progress struct{ through, failed, read int }
