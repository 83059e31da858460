package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/model"
)

func TestRequestSurvivesJSON(t *testing.T) {
	want := &model.Request{
		Model: "m", System: model.Contents{&model.Text{Text: "s"}, &model.CachePoint{TTL: "5m"}},
		Messages:  []model.Message{model.UserText("Hi"), model.AssistantText("Hello"), {Role: model.System, Content: everyBlock()}},
		MaxTokens: 1, Temperature: new(0.0), TopP: new(0.5), TopK: new(0), Seed: new(int64(1 << 60)), FrequencyPenalty: new(0.1), PresencePenalty: new(-0.1),
		Stop: []string{"END"}, Effort: "low",
		Tools:      []model.Tool{{Name: "t", Description: "d", Schema: json.RawMessage(`{"type":"object"}`), Strict: true, Server: true, Cache: &model.CachePoint{}, Extra: map[string]any{"a": true}}},
		ToolChoice: model.ToolChoice{Mode: model.ToolNamed, Name: "t"}, ParallelTools: new(false),
		Output:    &model.Output{Name: "n", Description: "d", Schema: json.RawMessage(`{"type":"object"}`), Strict: true},
		Guardrail: &model.Guardrail{ID: "g", Version: "1", Trace: "enabled", StreamMode: "async"},
		Variables: map[string]string{"v": "1"}, ServiceTier: "flex", Latency: "optimized", Metadata: map[string]string{"k": "v"},
		Extra: map[string]any{"top_k": 50.0}, ExtraPaths: []string{"/a"},
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := new(model.Request)
	if err := json.Unmarshal(data, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnEmptyRequestIsAnEmptyObject(t *testing.T) {
	data, err := json.Marshal(&model.Request{})
	if err != nil || string(data) != "{}" {
		t.Errorf("got %s, %v; want {}", data, err)
	}
}

func TestResponseSurvivesJSON(t *testing.T) {
	want := fullResponse()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := new(model.Response)
	if err := json.Unmarshal(data, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUsageAddsUp(t *testing.T) {
	u := model.Usage{Input: 1, Output: 2, CacheRead: 4, CacheWrite: 8, CacheWriteLong: 3, Reasoning: 1, AudioInput: 1, AudioOutput: 2}
	want := model.Usage{Input: 2, Output: 4, CacheRead: 8, CacheWrite: 16, CacheWriteLong: 6, Reasoning: 2, AudioInput: 2, AudioOutput: 4}
	if got := u.Add(u); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if u.TotalInput() != 13 || u.Total() != 15 {
		t.Errorf("total input %d, total %d; want 13, 15", u.TotalInput(), u.Total())
	}
}

func TestCaller(t *testing.T) {
	if c, ok := model.CallerOf(t.Context()); ok {
		t.Errorf("got %v without a caller", c)
	}
	want := model.Caller{Flow: "f", Execution: "e", State: "Draft", Attempt: 2}
	if got, ok := model.CallerOf(model.WithCaller(t.Context(), want)); !ok || got != want {
		t.Errorf("got %v, %v; want %v", got, ok, want)
	}
}

// able is a model with every optional ability; wrapped has none but the model
// inside.
type able struct{}

func (able) Generate(context.Context, *model.Request) (*model.Response, error) {
	return &model.Response{Model: "able", Content: model.Texts("generated"), Stop: model.StopEnd}, nil
}

func (able) Stream(context.Context, *model.Request) iter.Seq2[model.Event, error] {
	return stream(model.Event{Type: model.EventText, Text: "streamed"}, end(model.StopEnd))
}
func (able) CountTokens(context.Context, *model.Request) (int, error) { return 7, nil }
func (able) Describe() model.Description                              { return model.Description{Model: "able"} }

type wrapped struct{ model.Model }

func (w wrapped) Unwrap() model.Model { return w.Model }

func TestAbilitiesShowThroughWrappers(t *testing.T) {
	plain := model.Func(able{}.Generate)
	for _, c := range []struct {
		name   string
		m      model.Model
		counts bool
		desc   model.Description
	}{
		{"the model itself", able{}, true, model.Description{Model: "able"}},
		{"wrapped twice", wrapped{wrapped{able{}}}, true, model.Description{Model: "able"}},
		{"a model without them", plain, false, model.Description{}},
		{"wrapped without them", wrapped{plain}, false, model.Description{}},
		{"wrapped nothing", wrapped{}, false, model.Description{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, ok, err := model.CountTokens(t.Context(), c.m, &model.Request{})
			if ok != c.counts || err != nil || (ok && n != 7) {
				t.Errorf("CountTokens: %d, %v, %v", n, ok, err)
			}
			if got := model.Describe(c.m); got != c.desc {
				t.Errorf("Describe: %+v, want %+v", got, c.desc)
			}
		})
	}
}

func TestStream(t *testing.T) {
	for _, c := range []struct {
		name string
		m    model.Model
		want string
	}{
		{"of a streamer", able{}, "streamed"},
		{"of a model that cannot", model.Func(able{}.Generate), "generated"},
		{"not through a wrapper that cannot: it would be passed by", wrapped{able{}}, "generated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, err := model.Collect(model.Stream(t.Context(), c.m, &model.Request{}))
			if err != nil {
				t.Fatal(err)
			}
			if got := resp.Text(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestStreamOfAFailingModel(t *testing.T) {
	m := model.Func(func(context.Context, *model.Request) (*model.Response, error) { return nil, model.ErrThrottled })
	var errs []error
	for ev, err := range model.Stream(t.Context(), m, &model.Request{}) {
		if ev.Type != "" {
			t.Errorf("event %v", ev)
		}
		errs = append(errs, err)
	}
	if len(errs) != 1 || errs[0] != error(model.ErrThrottled) {
		t.Errorf("got %v", errs)
	}
}

func TestAStreamMayBeLeftAtAnyEvent(t *testing.T) {
	total := 0
	for _, err := range model.Events(fullResponse()) {
		if err != nil {
			t.Fatal(err)
		}
		total++
	}
	for leave := range total {
		n := 0
		for _, err := range model.Events(fullResponse()) {
			if n++; n > leave || err != nil {
				break
			}
		}
		if n != leave+1 {
			t.Errorf("left after %d events, want %d", n, leave+1)
		}
	}
}

func TestErrorTable(t *testing.T) {
	sentinels := []*model.Error{
		model.ErrThrottled, model.ErrUnavailable, model.ErrInternal, model.ErrNotReady, model.ErrTimeout, model.ErrFailed, model.ErrStream, model.ErrQuota, model.ErrValidation,
		model.ErrContextTooLong, model.ErrUnsupported, model.ErrAccessDenied, model.ErrUseCaseMissing, model.ErrNotFound, model.ErrGuardrail, model.ErrRefused, model.ErrOutput,
	}
	var names, want []string
	for info := range model.ErrorNames() {
		names = append(names, info.Name)
		if info.Meaning == "" {
			t.Errorf("%s has no meaning", info.Name)
		}
	}
	for _, s := range sentinels {
		want = append(want, s.Name)
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-sentinels +table):\n%s", diff)
	}
}

func TestError(t *testing.T) {
	cause := errors.New("429 from the wire")
	err := fmt.Errorf("state Draft: %w", &model.Error{
		Name: "Model.Throttled", Message: "slow down", Retryable: true, After: 3 * time.Second, Status: 429, Code: "ThrottlingException", Err: cause,
	})
	if want := "state Draft: Model.Throttled: slow down (ThrottlingException, HTTP 429)"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if !errors.Is(err, model.ErrThrottled) || errors.Is(err, model.ErrTimeout) || !errors.Is(err, cause) {
		t.Error("errors.Is finds the wrong ones")
	}
	var named interface {
		error
		ErrorName() string
		RetryAfter() time.Duration
	}
	if !errors.As(err, &named) || named.ErrorName() != "Model.Throttled" || named.RetryAfter() != 3*time.Second {
		t.Errorf("name and delay are not found in %v", err)
	}
}

func TestErrorOfStatus(t *testing.T) {
	for status, want := range map[int]string{
		400: "Model.Validation", 401: "Model.AccessDenied", 402: "Model.Quota", 403: "Model.AccessDenied", 404: "Model.NotFound", 408: "Model.Timeout", 413: "Model.ContextTooLong",
		422: "Model.Validation", 424: "Model.Failed", 429: "Model.Throttled", 500: "Model.Internal", 502: "Model.Unavailable", 503: "Model.Unavailable", 504: "Model.Timeout", 529: "Model.Unavailable",
	} {
		e := model.ErrorOfStatus(status, "m", nil)
		if e.Name != want || e.Status != status {
			t.Errorf("%d is %s with status %d, want %s", status, e.Name, e.Status, want)
		}
		if retry := status >= 500 || status == 408 || status == 424 || status == 429; e.Retryable != retry {
			t.Errorf("%d: retryable is %v, want %v", status, e.Retryable, retry)
		}
	}
}
