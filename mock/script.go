package mock

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/model"
)

// Script is what a [Model] answers to the calls that its matchers match: a
// sequence of replies and failures, each of which is given once unless
// [Script.Times] or [Script.Always] says otherwise. When all are given, the
// next call goes to the next script that matches, and if there is none, it is
// not expected.
//
// Text, Chunks, JSON, ToolCall, Content, Reply, Do, Fail, Throttle and Hang add
// to the sequence; the other methods change what was added last. A script is
// written before the model is called.
type Script struct {
	mu       *sync.Mutex // the model's
	matchers []Matcher
	at       string // file:line of When
	steps    []step
	maybe    bool
	mistake  string // the first mistake in writing the script
}

// forever is the count of a step that is given any number of times.
const forever = -1

// step is one element of the sequence.
type step struct {
	content model.Contents
	chunks  []string // pieces of the last text of content
	whole   *model.Response
	do      func(context.Context, *Call) (*model.Response, error)
	err     error
	hang    bool

	usage  *model.Usage
	stop   model.StopReason
	delay  time.Duration
	pace   time.Duration
	breaks int // pieces of text before err, with broken
	broken bool

	times, used int
}

// Text answers with a text.
func (s *Script) Text(text string) *Script { return s.add(step{content: model.Texts(text)}) }

// Chunks answers with a text that a stream gives in these pieces.
func (s *Script) Chunks(pieces ...string) *Script {
	return s.add(step{content: model.Texts(strings.Join(pieces, "")), chunks: slices.Clone(pieces)})
}

// JSON answers with a Go value encoded as JSON.
func (s *Script) JSON(v any) *Script {
	data, err := json.Marshal(v)
	if err != nil {
		return s.wrong(fmt.Sprintf("JSON: %v", err))
	}
	return s.Text(string(data))
}

// ToolCall answers with a call of a tool; input is a Go value to be encoded as
// JSON, nil for no input.
func (s *Script) ToolCall(name string, input any) *Script { return s.Content(ToolUse(name, input)) }

// ToolUse makes a tool call for [Script.Content]. It gets an ID when it is
// answered: "call_", the number of messages in the request, and its place in
// the answer. An input that has no JSON becomes the call's Malformed text.
func ToolUse(name string, input any) *model.ToolUse {
	if input == nil {
		return model.NewToolUse("", name, "")
	}
	data, err := json.Marshal(input)
	if err != nil {
		return &model.ToolUse{Name: name, Malformed: err.Error()}
	}
	return model.NewToolUse("", name, string(data))
}

// Content answers with these blocks, several tool calls for example.
func (s *Script) Content(blocks ...model.Content) *Script {
	return s.add(step{content: slices.Clone(blocks)})
}

// Reply answers with this response. Of its fields, an empty Model, Stop and
// Usage are filled in as for the other replies.
func (s *Script) Reply(resp *model.Response) *Script {
	if resp == nil {
		return s.wrong("Reply: the response is nil")
	}
	return s.add(step{whole: resp})
}

// Do answers with what a function gives. It may be called by several
// goroutines at once.
func (s *Script) Do(f func(ctx context.Context, c *Call) (*model.Response, error)) *Script {
	if f == nil {
		return s.wrong("Do: the function is nil")
	}
	return s.add(step{do: f})
}

// Fail fails with an error. A sentinel of package model, such as
// [model.ErrUnavailable], is given with the status and retryability of its name.
func (s *Script) Fail(err error) *Script {
	if err == nil {
		return s.wrong("Fail: the error is nil")
	}
	return s.add(step{err: complete(err)})
}

// Throttle fails a number of times with Model.Throttled, asking the caller to
// wait (0: without asking).
func (s *Script) Throttle(times int, after time.Duration) *Script {
	e := model.NewError(model.ErrThrottled.Name, "the mock throttles", nil)
	e.After = after
	return s.add(step{err: e}).Times(times)
}

// Hang never answers: the call ends when its context does.
func (s *Script) Hang() *Script { return s.add(step{hang: true}) }

// Times gives what was added last n times instead of once; 0 for never.
func (s *Script) Times(n int) *Script {
	return s.change("Times", func(st *step) string {
		if n < 0 {
			return "Times: a negative number"
		}
		st.times = n
		return ""
	})
}

// Always gives what was added last any number of times; nothing behind it is
// ever given.
func (s *Script) Always() *Script {
	return s.change("Always", func(st *step) string { st.times = forever; return "" })
}

// Usage sets the numbers of tokens read and written. Without it they are
// estimated: a token for every four bytes of text.
func (s *Script) Usage(input, output int) *Script {
	return s.FullUsage(model.Usage{Input: input, Output: output})
}

// FullUsage sets the usage with cached tokens and all else.
func (s *Script) FullUsage(u model.Usage) *Script {
	return s.change("Usage", func(st *step) string { st.usage = &u; return "" })
}

// Stop sets why the answer ended. Without it that is [model.StopToolUse] for an
// answer with tool calls and [model.StopEnd] else.
func (s *Script) Stop(reason model.StopReason) *Script {
	return s.change("Stop", func(st *step) string { st.stop = reason; return "" })
}

// Think puts reasoning before the answer.
func (s *Script) Think(text string) *Script {
	return s.change("Think", func(st *step) string {
		if st.content == nil {
			return "Think: there is no answer to put it before"
		}
		st.content = slices.Insert(st.content, 0, model.Content(&model.Reasoning{Text: text}))
		return ""
	})
}

// Delay waits before the answer, or before its first piece; the call's context
// can end the wait.
func (s *Script) Delay(d time.Duration) *Script {
	return s.change("Delay", func(st *step) string { st.delay = d; return "" })
}

// Pace waits before each further piece of a stream.
func (s *Script) Pace(d time.Duration) *Script {
	return s.change("Pace", func(st *step) string { st.pace = d; return "" })
}

// BreakAfter lets a stream fail after a number of pieces (of text, reasoning or
// tool input), before its end if it has no more than that. Generate fails with
// the same error. See [Script.Fail] for the error.
func (s *Script) BreakAfter(pieces int, err error) *Script {
	return s.change("BreakAfter", func(st *step) string {
		switch {
		case err == nil:
			return "BreakAfter: the error is nil"
		case pieces < 0:
			return "BreakAfter: a negative number"
		}
		st.breaks, st.err, st.broken = pieces, complete(err), true
		return ""
	})
}

// Maybe says that it is no problem if the script is not used to its end; see
// [Model.Problems].
func (s *Script) Maybe() *Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.maybe = true
	return s
}

// String tells the script's matchers and where it was written.
func (s *Script) String() string {
	text := "When(" + list(s.matchers) + ")"
	if s.at != "" {
		text += " at " + s.at
	}
	return text
}

func (s *Script) add(st step) *Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	st.times = 1
	s.steps = append(s.steps, st)
	return s
}

func (s *Script) change(method string, f func(*step) string) *Script {
	s.mu.Lock()
	if len(s.steps) == 0 {
		s.mu.Unlock()
		return s.wrong(method + " stands before any reply")
	}
	mistake := f(&s.steps[len(s.steps)-1])
	s.mu.Unlock()
	if mistake != "" {
		return s.wrong(mistake)
	}
	return s
}

func (s *Script) wrong(mistake string) *Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mistake == "" {
		s.mistake = mistake
	}
	return s
}

// matches, next and left are called with the model's lock held.
func (s *Script) matches(c *Call) bool {
	return slices.Contains(s.matchers, nil) || matchAll(s.matchers, c)
}

func (s *Script) next() (step, bool) {
	if s.mistake != "" {
		return step{err: &scriptError{s.String() + ": " + s.mistake}}, true
	}
	for i := range s.steps {
		if st := &s.steps[i]; st.times == forever || st.used < st.times {
			st.used++
			return *st, true
		}
	}
	return step{}, false
}

// left says what of the script was not used.
func (s *Script) left() string {
	if s.maybe || s.mistake != "" {
		return ""
	}
	given, want := 0, 0
	for _, st := range s.steps {
		given += min(st.used, max(st.times, 1))
		want += max(st.times, -st.times)
	}
	switch {
	case len(s.steps) == 0:
		return "the script has no reply"
	case want == given:
		return ""
	case given == 0:
		return "nobody asked for it"
	}
	return fmt.Sprintf("only %d of its %d replies were asked for", given, want)
}

// scriptError is a mistake in writing a script, met by a call, or in the call.
type scriptError struct{ text string }

func (e *scriptError) Error() string { return "mock: " + e.text }

// ErrorName is "Mock.Unexpected" too: a flow must not go on from it.
func (e *scriptError) ErrorName() string { return Unexpected }

// Uncatchable is true, as for an [UnexpectedError].
func (e *scriptError) Uncatchable() bool { return true }

// complete fills a sentinel of package model.
func complete(err error) error {
	e, ok := err.(*model.Error) //nolint:errorlint // a wrapped one is complete
	if !ok || e.Message != "" || e.Err != nil || e.Status != 0 {
		return err
	}
	full := model.NewError(e.Name, "the mock was told to fail", nil)
	full.After = e.After
	return full
}
