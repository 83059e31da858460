package mock_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

// scripted is a mock that answers as a case of the suite says.
func scripted(c modeltest.Case) *mock.Model {
	m := mock.New()
	switch {
	case c.Pieces > 0:
		m.When().Chunks("a ", "b ", "c ").BreakAfter(c.Pieces, c.Err).Always()
	case c.Err != nil:
		m.When().Fail(c.Err).Always()
	default:
		m.When().Reply(c.Response).Always()
	}
	return m
}

func TestRecorderConformance(t *testing.T) {
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		return mock.Record(scripted(c), new(strings.Builder)), nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestReplayerConformance(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		err := modeltest.Test(t.Context(), func(ctx context.Context, c modeltest.Case) (model.Model, error) {
			var file strings.Builder
			r := mock.Record(scripted(c), &file)
			for range 40 { // as often as the suite asks, for most cases
				if streamed || c.Pieces > 0 {
					_, _ = model.Collect(r.Stream(ctx, c.Request))
				} else {
					_, _ = r.Generate(ctx, c.Request)
				}
			}
			return mock.Replay(strings.NewReader(file.String()))
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestReplay(t *testing.T) {
	ctx := t.Context()
	source := mock.New()
	source.When(mock.AskedHas("a")).Chunks("one ", "two").Usage(3, 4).Text("again")
	source.When(mock.AskedHas("b")).Throttle(1, 7*time.Second).ToolCall("look", map[string]int{"n": 1})
	source.When(mock.AskedHas("c")).Chunks("x", "y").BreakAfter(1, model.ErrStream)
	source.When(mock.AskedHas("d")).Fail(errors.New("no name"))
	var file strings.Builder
	record := mock.Record(source, &file)
	all := func(m model.Model) (got []string) {
		for _, text := range []string{"a", "b", "a", "b", "c", "d"} {
			got = append(got, outcome(model.Collect(model.Stream(ctx, m, ask(text)))))
		}
		return got
	}
	want := all(record)
	if record.Err() != nil {
		t.Fatal(record.Err())
	}
	replay, err := mock.Replay(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if n := replay.Unused(); n != 6 {
		t.Errorf("%d unused, want 6", n)
	}
	if diff := cmp.Diff(want, all(replay)); diff != "" {
		t.Errorf("(-recorded +replayed):\n%s", diff)
	}
	if n := replay.Unused(); n != 0 {
		t.Errorf("%d unused", n)
	}
	_, err = replay.Generate(from(ctx, "Draft", 1), ask("a"))
	if u, ok := errors.AsType[*mock.UnexpectedError](err); !ok || u.Call.Caller.State != "Draft" || u.Nearest != "line 2 of the recording, whose answer was given already" {
		t.Errorf("got %v", err)
	}
	_, err = replay.Generate(ctx, ask("aha"))
	if u, ok := errors.AsType[*mock.UnexpectedError](err); !ok || !strings.Contains(u.Nearest, `recorded: …`) || !strings.Contains(u.Nearest, `"text":"aha"}}]}`) {
		t.Errorf("got %v", err)
	}
}

func TestPiecesAndWaitsAreReplayed(t *testing.T) {
	source := mock.New()
	source.When().Throttle(1, 7*time.Second).Chunks("a", "b")
	var file strings.Builder
	record := mock.Record(source, &file)
	for range 2 {
		_, _ = model.Collect(record.Stream(t.Context(), ask("x")))
	}
	replay, err := mock.Replay(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = replay.Generate(t.Context(), ask("x"))
	if e, ok := errors.AsType[*model.Error](err); !ok || e.After != 7*time.Second || !e.Retryable {
		t.Errorf("got %#v", err)
	}
	var pieces []string
	for ev := range replay.Stream(t.Context(), ask("x")) {
		if ev.Type == model.EventText {
			pieces = append(pieces, ev.Text)
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, pieces); diff != "" {
		t.Error(diff)
	}
}

func TestAStreamThatWasLeftEndsInTheRecording(t *testing.T) {
	source := mock.New()
	source.When().Chunks("a", "b")
	var file strings.Builder
	for ev := range mock.Record(source, &file).Stream(t.Context(), ask("x")) {
		if ev.Type == model.EventText {
			break
		}
	}
	replay, err := mock.Replay(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Collect(replay.Stream(t.Context(), ask("x"))); err == nil || !strings.Contains(err.Error(), "line 2, has no more of the stream") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAreNotRecorded(t *testing.T) {
	secrets := []string{
		"AKIAIOSFODNN7EXAMPLE", "sk-proj-abcdefghijklmnop1234", "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_123", "123456789012", "c2VjcmV0LXRva2Vu", "hunter2", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "4111-1111",
		"MIIEvQIBADANBgkqh",
	}
	text := "key AKIAIOSFODNN7EXAMPLE, sk-proj-abcdefghijklmnop1234 and ghp_abcdefghijklmnopqrstuvwxyz0123456789, " +
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_123 for arn:aws:bedrock:us-east-1:123456789012:prompt/x with Bearer c2VjcmV0LXRva2Vu, " +
		"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY and card 4111-1111\n-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqh\n-----END RSA PRIVATE KEY-----"
	req := ask(text)
	req.Extra = map[string]any{"api_key": "hunter2", "nested": map[string]any{"X-Api-Key": "hunter2"}, "max_tokens": "kept", "bytes": "kept too"}
	card := mock.Redact(regexp.MustCompile(`\d{4}-\d{4}`))
	source := mock.New()
	source.When().Text("your key is AKIAIOSFODNN7EXAMPLE")
	var file strings.Builder
	if _, err := mock.Record(source, &file, card).Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if strings.Contains(file.String(), s) {
			t.Errorf("%s is in the recording", s)
		}
	}
	for _, kept := range []string{`"max_tokens":"kept"`, `"bytes":"kept too"`, "arn:aws:bedrock:us-east-1:REMOVED:prompt/x", "Bearer REMOVED", "and card REMOVED"} {
		if !strings.Contains(file.String(), kept) {
			t.Errorf("%s is not in the recording: %s", kept, file.String())
		}
	}
	replay, err := mock.Replay(strings.NewReader(file.String()), card)
	if err != nil {
		t.Fatal(err)
	}
	if got := outcome(replay.Generate(t.Context(), req)); got != "your key is REMOVED end_turn" {
		t.Errorf("the request with its secrets is not found: %s", got)
	}
}

func TestRecordingsThatAreNone(t *testing.T) {
	const head = `{"flowstoneRecording":1}` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"another file":    {"hello\n", "mock: recording, line 1: "},
		"another version": {`{"flowstoneRecording":2}`, "mock: recording, line 1: this is no recording of version 1"},
		"a broken line":   {head + "{", "mock: recording, line 2: "},
		"no request":      {head + "{}", "mock: recording, line 2: there is no request"},
		"no answer":       {head + `{"request":{}}`, "mock: recording, line 2: there is neither a response nor an error"},
	} {
		if _, err := mock.Replay(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	replay, err := mock.Replay(strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replay.Generate(t.Context(), ask("a")); !errors.Is(err, mock.ErrUnexpected) || !strings.HasSuffix(err.Error(), "nearest: the recording is empty") {
		t.Errorf("got %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestACallThatCantBeRecordedFails(t *testing.T) {
	r := mock.Record(mock.Always("a"), full{})
	_, err := r.Generate(t.Context(), ask("a"))
	_, streamed := model.Collect(r.Stream(t.Context(), ask("a")))
	for _, err := range []error{err, streamed, r.Err()} {
		if err == nil || err.Error() != "mock: recording: disk full" {
			t.Errorf("got %v", err)
		}
	}
}
