package flow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/schema"
)

// Token names one attempt that waits for an answer from outside: whoever has
// it can give that answer at the [Desk]. It can't be guessed.
type Token string

// CallbackNode asks somebody outside and waits for the answer. See [Callback].
type CallbackNode[In, Out any] struct{ spec }

// Callback asks somebody outside for an Out and waits for the answer: a person
// who approves, a service that takes its time. ask is given what a [Task]
// would be given and a token; it hands the token to whoever is to answer (a
// mail, a message in a queue) and returns. The answer comes by
// [Desk.Succeed] or [Desk.Fail] with that token, at the Desk that the flow runs
// with; it may come before ask has returned. Each attempt has a token of its own.
//
//	flow.Callback[Decision]("Approve", tellManager).Timeout(48 * time.Hour).Into(decision)
//
// An execution begun with Start holds no goroutine while it waits; one begun
// with Run waits in its caller's. An error of ask fails the attempt, unless it
// has been answered already. Without a Desk nobody can answer, so that only
// Timeout, Heartbeat or the end of the context end the wait.
func Callback[Out, In any](name string, ask func(ctx context.Context, in In, token Token) error) *CallbackNode[In, Out] {
	n := &CallbackNode[In, Out]{spec{name: name, at: here(), kind: machine.Task, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), awaits: true}}
	n.checkName()
	if ask == nil {
		n.wrong("", "Callback without a function")
	}
	c := &asking[In, Out]{call: call[In, None]{own: owning[In]()}}
	c.fn = func(ctx context.Context, in In) (None, error) {
		return None{}, ask(ctx, in, Token(drive.FrameOf(ctx).Token()))
	}
	c.schema, _ = schema.For(n.out) // of types that have none, encoding/json judges
	n.callee = c
	return n
}

// asking is a Callback as a callee.
type asking[In, Out any] struct {
	call[In, None]
	schema *schema.Schema
}

// Call asks, and says that the answer comes later.
func (c *asking[In, Out]) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	if _, err := c.call.Call(ctx, f, nil); err != nil {
		return nil, err
	}
	return nil, &drive.Pending{}
}

// Accept makes an Out of an answer, or says why it is none.
func (c *asking[In, Out]) Accept(v any) (any, error) {
	switch v := v.(type) {
	case Out:
		if _, err := document.Encode(&v); err != nil {
			return nil, fmt.Errorf("%w: it can't be a document: %w", ErrWrongAnswer, err)
		}
		out := new(Out)
		*out = v
		return out, nil
	case *Out:
		if v != nil {
			return c.Accept(*v)
		}
	}
	data, err := document.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("%w: it can't be a document: %w", ErrWrongAnswer, err)
	}
	plain, err := document.Decode(data)
	if err == nil && c.schema != nil {
		checked := plain
		if c.schema.Wrapped() {
			checked = document.ObjectOf(document.Field{Key: "value", Value: plain})
		}
		err = c.schema.Check(checked)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no %v: %w", ErrWrongAnswer, abridged(data), reflect.TypeFor[Out](), err)
	}
	out, err := convert[Out](plain)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongAnswer, err)
	}
	return &out, nil
}

// From has the node given the value at ref instead of the whole document.
func (n *CallbackNode[In, Out]) From(ref Ref[In]) *CallbackNode[In, Out] {
	n.setRef(&n.from, ref.r, "From")
	return n
}

// Into puts the answer at ref in the document instead of in its place.
func (n *CallbackNode[In, Out]) Into(ref Ref[Out]) *CallbackNode[In, Out] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Retry has failures tried again, by asking anew with a new token; see [Retry].
func (n *CallbackNode[In, Out]) Retry(r ...Retry) *CallbackNode[In, Out] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *CallbackNode[In, Out]) Catch(on Matcher, handler ...Node) *CallbackNode[In, Out] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *CallbackNode[In, Out]) Recover(on Matcher, fn func(context.Context, *Error) (Out, error)) *CallbackNode[In, Out] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Timeout bounds the time from the call of ask to the answer. When it runs out
// the node fails with [ErrTimeout], and an answer that comes later is told
// [ErrTokenLate].
func (n *CallbackNode[In, Out]) Timeout(d time.Duration) *CallbackNode[In, Out] {
	n.setBound(&n.timeout, d, "Timeout")
	return n
}

// Heartbeat bounds the time between two calls of [Desk.Heartbeat] with the
// token. When it runs out the node fails with [ErrHeartbeat].
func (n *CallbackNode[In, Out]) Heartbeat(d time.Duration) *CallbackNode[In, Out] {
	n.setBound(&n.heartbeat, d, "Heartbeat")
	return n
}

// Assign gives variables their values when the answer is there; see [Set].
func (n *CallbackNode[In, Out]) Assign(a ...Assignment) *CallbackNode[In, Out] {
	n.assign = append(n.assign, a...)
	return n
}

// Desk is where what waits for an answer is answered: it knows each waiting
// attempt by its [Token]. Make it with [NewDesk] and give it to flows as an
// option, to With or to Start and Run; one Desk may serve any number of flows.
// It is safe for concurrent use.
type Desk struct{ desk *drive.Desk }

// NewDesk gives a Desk at which nothing waits.
func NewDesk() *Desk { return &Desk{drive.NewDesk()} }

func (d *Desk) apply(s *settings) {
	if d == nil || d.desk == nil {
		s.fail("a Desk that was not made by NewDesk")
		return
	}
	s.drive.Desk = d.desk
}

func (d *Desk) policy(p *policies) { p.options = append(p.options, d) }

// What a Desk has against a token or an answer. They are told to whoever
// answers; the execution goes on as it was.
var (
	// ErrNoToken: the token was not made by this Desk, or the Desk not by NewDesk.
	ErrNoToken = errors.New("no attempt has this token")
	// ErrTokenUsed: the attempt has had its answer. A Desk knows that of the last
	// 4096 answers; of those before it says ErrTokenLate.
	ErrTokenUsed = errors.New("the attempt with this token has been answered before")
	// ErrTokenLate: the attempt has ended without this answer, by its Timeout or
	// with its execution.
	ErrTokenLate = errors.New("the attempt with this token is over")
	// ErrWrongAnswer: the value is not what the node waits for, and it goes on
	// waiting.
	ErrWrongAnswer = errors.New("the answer is not what is waited for")
)

// ready says why an answer can't be taken here at all.
func (d *Desk) ready(ctx context.Context) error {
	switch {
	case d == nil || d.desk == nil:
		return fmt.Errorf("%w: this Desk was not made by NewDesk", ErrNoToken)
	case ctx == nil:
		return errNilContext()
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return nil
}

func deskError(err error) error {
	switch {
	case errors.Is(err, drive.ErrNoToken):
		return ErrNoToken
	case errors.Is(err, drive.ErrUsed):
		return ErrTokenUsed
	case errors.Is(err, drive.ErrLate):
		return ErrTokenLate
	}
	return err
}

// Succeed gives v as the answer: an Out of the [Callback], or any value whose
// JSON is one, such as a json.RawMessage. JSON has to have every field of the
// Out that is not omitempty and no others. The error is nil if the answer
// counts, else [ErrNoToken], [ErrTokenUsed], [ErrTokenLate] or [ErrWrongAnswer],
// or the cause of ctx if that is done already. What v points to must not be
// changed afterwards.
func (d *Desk) Succeed(ctx context.Context, token Token, v any) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	return deskError(d.desk.Succeed(string(token), v))
}

// Fail answers that the work has failed, as if a [Task] had returned err: its
// name is that of an [*Error], or of a method ErrorName. Nil is an error
// of the name [ErrTaskFailed]. Its own errors are those of
// Succeed.
func (d *Desk) Fail(ctx context.Context, token Token, err error) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	if err == nil {
		err = &Error{Name: machine.TaskFailed, Cause: "whoever answered gave no reason"}
	}
	return deskError(d.desk.Fail(string(token), err))
}

// Heartbeat tells that somebody is at work on the answer, for the Heartbeat of
// the node. Its errors are those of Succeed.
func (d *Desk) Heartbeat(ctx context.Context, token Token) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	return deskError(d.desk.Beat(string(token)))
}

// Waiting is an attempt that waits for an answer.
type Waiting struct {
	// Token is what answers it.
	Token Token
	// Execution is the ID of the execution.
	Execution string
	// Name is that of the node, Path the name qualified by what is around it.
	Name, Path string
	// Attempt counts the attempts before this one.
	Attempt int
	// Since is when it began to wait, Beat when it last had a heartbeat (at first
	// the same), Until when its Timeout runs out; zero where it has none.
	Since, Beat, Until time.Time

	args any
}

// Input gives what was asked about, the In of the [Callback], as any JSON value
// of Go (map[string]any, []any, string, float64 or json.Number, bool, nil).
func (w Waiting) Input() any {
	v, err := document.Plain(w.args)
	if err != nil {
		return nil // ask was given it, so it can be read
	}
	return v
}

// Waiting lists what waits for an answer, what has waited longest first. At a
// Desk that was not made by [NewDesk] nothing does.
func (d *Desk) Waiting() []Waiting {
	if d == nil || d.desk == nil {
		return nil
	}
	list := d.desk.Waiting()
	out := make([]Waiting, len(list))
	for i := range list {
		a := &list[i]
		out[i] = Waiting{
			Token: Token(a.Token), Execution: a.Execution, Name: a.State.Name, Path: a.Path, Attempt: a.Attempt,
			Since: a.Since, Beat: a.Beat, args: a.Args,
		}
		if a.Timeout > 0 {
			out[i].Until = a.Since.Add(a.Timeout)
		}
	}
	slices.SortFunc(out, func(a, b Waiting) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return strings.Compare(string(a.Token), string(b.Token))
	})
	return out
}
