package mock

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/model"
)

// Replayer is a model that answers from a recording. See [Replay].
type Replayer struct {
	more []Redaction

	mu         sync.Mutex
	exchanges  []*replayed
	calls      int
	unexpected []*UnexpectedError
}

type replayed struct {
	exchange
	line int
	used bool
}

// Replay reads a recording that [Record] has written and gives a model that
// answers as it says: to each request the answer of the same request, without
// secrets, that was recorded first and not given yet. The state that asks does
// not matter, nor does time. Any other request is an [UnexpectedError] that shows
// where it differs from the recorded one that is nearest. Safe for concurrent
// use.
func Replay(recording io.Reader, more ...Redaction) (*Replayer, error) {
	p := &Replayer{more: more}
	r := bufio.NewReader(recording)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := p.read(n, line); err != nil {
				return nil, fmt.Errorf("mock: recording, line %d: %w", n, err)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return p, nil
		case err != nil:
			return nil, fmt.Errorf("mock: recording: %w", err)
		}
	}
}

func (p *Replayer) read(n int, line []byte) error {
	if n == 1 {
		var head recordingHead
		if err := json.Unmarshal(line, &head); err != nil {
			return err
		}
		if head.Recording != recordingVersion {
			return fmt.Errorf("this is no recording of version %d", recordingVersion)
		}
		return nil
	}
	x := &replayed{line: n}
	if err := json.Unmarshal(line, &x.exchange); err != nil {
		return err
	}
	switch {
	case len(x.Request) == 0:
		return errors.New("there is no request")
	case x.Response == nil && x.Error == nil && !x.Streamed:
		return errors.New("there is neither a response nor an error")
	}
	var err error
	if x.Request, err = redacted(x.Request, p.more); err != nil {
		return err
	}
	p.exchanges = append(p.exchanges, x)
	return nil
}

// Describe says that this is a mock.
func (p *Replayer) Describe() model.Description {
	return model.Description{Provider: "mock", StructuredOutput: true}
}

// Generate answers from the recording; from a recorded stream by what it adds
// up to.
func (p *Replayer) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	x, err := p.take(ctx, req)
	switch {
	case err != nil:
		return nil, err
	case x.Streamed:
		return model.Collect(x.stream(ctx))
	case x.Error != nil:
		return nil, x.Error.replay()
	}
	return x.Response, nil
}

// Stream answers from the recording; from a recorded response each block in one
// piece.
func (p *Replayer) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		x, err := p.take(ctx, req)
		switch {
		case err != nil:
			yield(model.Event{}, err)
		case x.Streamed:
			x.stream(ctx)(yield)
		case x.Error != nil:
			yield(model.Event{}, x.Error.replay())
		default:
			model.Events(x.Response)(yield)
		}
	}
}

func (x *replayed) stream(ctx context.Context) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		for _, ev := range x.Events {
			if err := ctx.Err(); err != nil {
				yield(model.Event{}, err)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
		switch {
		case x.Error != nil:
			yield(model.Event{}, x.Error.replay())
		case x.Left:
			yield(model.Event{}, model.NewError(model.ErrStream.Name, fmt.Sprintf("the recording, line %d, has no more of the stream: its reader had left", x.line), nil))
		}
	}
}

// take finds the exchange of a request.
func (p *Replayer) take(ctx context.Context, req *model.Request) (*replayed, error) {
	if err := unfit(ctx, req); err != nil {
		return nil, err
	}
	data, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	key, err := redacted(data, p.more)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	for _, x := range p.exchanges {
		if !x.used && bytes.Equal(x.Request, key) {
			x.used = true
			return x, nil
		}
	}
	caller, _ := model.CallerOf(ctx)
	u := &UnexpectedError{
		Call:    &Call{Number: p.calls, Caller: caller, Request: req, Done: true},
		Nearest: p.nearest(key),
	}
	p.unexpected = append(p.unexpected, u)
	return nil, u
}

// Unexpected are the calls that the recording did not have.
func (p *Replayer) Unexpected() []*UnexpectedError {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.unexpected)
}

// nearest tells which recorded request begins like the one asked for longest,
// and where they part.
func (p *Replayer) nearest(key []byte) string {
	var best *replayed
	same := -1
	for _, x := range p.exchanges {
		if n := commonPrefix(x.Request, key); n > same {
			best, same = x, n
		}
	}
	switch {
	case best == nil:
		return "the recording is empty"
	case same == len(key) && same == len(best.Request):
		return fmt.Sprintf("line %d of the recording, whose answer was given already", best.line)
	}
	return fmt.Sprintf("line %d of the recording; recorded: %s asked: %s", best.line, around(best.Request, same), around(key, same))
}

func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// around quotes what stands around a place in JSON.
func around(data []byte, at int) string {
	const before, behind = 30, 40
	text := string(data[max(0, at-before):min(len(data), at+behind)])
	text = strings.ToValidUTF8(text, "") // a cut letter
	if at > before {
		text = "…" + text
	}
	if at+behind < len(data) {
		text += "…"
	}
	return text
}

// Unused tells how many recorded calls were not made.
func (p *Replayer) Unused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, x := range p.exchanges {
		if !x.used {
			n++
		}
	}
	return n
}
