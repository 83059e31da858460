package flow

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a node may keep of the documents that go through it decides whether the
// memory of one takes the next, and whether it is written to in place.
func TestWhatAScopeKeeps(t *testing.T) {
	type document struct {
		N int `json:"n"`
	}
	type pair struct{ recycles, passes bool }
	n, kept := At[int]("$.n"), Var[int]("kept")
	same := func(_ context.Context, d document) (document, error) { return d, nil }
	count := func(_ context.Context, n int) (int, error) { return n + 1, nil }
	open := func(context.Context, document) (Source[int], error) { return nil, nil }
	ask := func(context.Context, document, Token) error { return nil }
	for _, c := range []struct {
		name string
		node Node
		want pair
	}{
		{"a task", Task("T", same), pair{true, true}},
		{"a task without a result", Do("T", func(context.Context, document) error { return nil }), pair{false, true}},
		{"a choice", Choice("C").When(More(n, 1), Task("T", same)).Otherwise(), pair{true, true}},
		{"what is read", Task("T", count).From(n).Into(n), pair{false, true}},
		{"a retry", Task("T", same).Retry(Retry{}), pair{false, true}},
		{"a catcher", Task("T", same).Catch(ErrAll, Task("C", same)), pair{false, true}},
		{"a fork", Parallel("P", Do("T", func(context.Context, document) error { return nil })), pair{false, true}},
		{"a variable", Task("T", same).Assign(Set(kept, 1)), pair{false, false}},
		{"a timeout", Task("T", same).Timeout(time.Second), pair{false, false}},
		{"a heartbeat", Task("T", same).Heartbeat(time.Second), pair{false, false}},
		{"a callback", Callback[document]("T", ask), pair{false, false}},
		{"a stream", Stream[int]("S", open, Task("T", count)), pair{false, false}},
	} {
		f, err := New[document, any]("keeps").Then(c.node).Build()
		require.NoError(t, err, c.name)
		root := f.def.machine.Root
		assert.Equal(t, c.want, pair{root.Recycle, root.Passing}, c.name)
	}
}
