package flow_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

func TestLimitedConformance(t *testing.T) {
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		m := mock.New()
		switch {
		case c.Err != nil && c.Err.After > 0:
			return nil, errors.ErrUnsupported // the next call would wait
		case c.Pieces > 0:
			m.When().Chunks("a ", "b ", "c ").BreakAfter(c.Pieces, c.Err).Always()
		case c.Err != nil:
			m.When().Fail(c.Err).Always()
		default:
			m.When().Reply(c.Response).Always()
		}
		return flow.Limit(m, flow.RPM(1e9), flow.TPM(1e12), flow.InFlight(100)), nil
	})
	if err != nil {
		t.Error(err)
	}
}

func request(text string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(text)}, MaxTokens: 90}
}

const tenTokens = "0123456789012345678901234567890123456789"

// came makes four calls at once and gives the times at which they came to the
// model, in order.
func came(ctx context.Context, m *mock.Model, limited flow.Model, streamed bool) []string {
	start := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if streamed {
				_, _ = model.Collect(model.Stream(ctx, limited, request(tenTokens)))
			} else {
				_, _ = limited.Generate(ctx, request(tenTokens))
			}
		})
	}
	wg.Wait()
	var at []string
	for _, c := range m.Calls() {
		at = append(at, c.At.Sub(start).Round(time.Millisecond).String())
	}
	return at
}

func TestLimit(t *testing.T) {
	type (
		limits []flow.ModelLimit
		times  []string
	)
	always := func(usage int, d time.Duration) func(*mock.Model) {
		return func(m *mock.Model) { m.When().Chunks("a", "b").Usage(10, usage-10).Pace(d).Delay(d).Always() }
	}
	for _, c := range []struct {
		name   string
		limits limits
		write  func(*mock.Model)
		want   times
	}{
		{"none", nil, always(100, 0), times{"0s", "0s", "0s", "0s"}},
		{"requests", limits{flow.RPM(30)}, always(100, 0), times{"0s", "2s", "4s", "6s"}},
		{"many requests, by the second", limits{flow.RPM(120)}, always(100, 0), times{"0s", "0s", "500ms", "1s"}},
		{"tokens, all used", limits{flow.TPM(200)}, always(100, 0), times{"0s", "0s", "30s", "1m0s"}},
		{"tokens, some given back", limits{flow.TPM(100), flow.InFlight(1)}, always(50, 0), times{"0s", "30s", "1m0s", "1m30s"}},
		{"tokens, more used than reserved", limits{flow.TPM(100), flow.InFlight(1)}, always(150, 0), times{"0s", "1m30s", "3m0s", "4m30s"}},
		{"a call larger than the limit", limits{flow.TPM(50), flow.InFlight(1)}, always(100, 0), times{"0s", "2m0s", "4m0s", "6m0s"}},
		{"all together", limits{flow.TPM(200), flow.InFlight(3), flow.RPM(60)}, always(100, 0), times{"0s", "1s", "30s", "1m0s"}},
		{"what the provider asks for", limits{flow.InFlight(1)}, func(m *mock.Model) {
			m.When().Throttle(2, 10*time.Second).Text("a").Always()
		}, times{"0s", "10s", "20s", "20s"}},
	} {
		for _, streamed := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, ", streamed ", streamed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := mock.New()
					c.write(m)
					got := came(t.Context(), m, flow.Limit(m, c.limits...), streamed)
					if diff := cmp.Diff(c.want, times(got)); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				})
			})
		}
	}
	t.Run("calls in flight", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := mock.New()
			always(100, time.Second)(m)
			limited := flow.Limit(m, flow.InFlight(2))
			if diff := cmp.Diff([]string{"0s", "0s", "1s", "1s"}, came(t.Context(), m, limited, false)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			m.Reset()
			if diff := cmp.Diff([]string{"0s", "0s", "2s", "2s"}, came(t.Context(), m, limited, true)); diff != "" {
				t.Errorf("a stream is in flight until its end (-want +got):\n%s", diff)
			}
		})
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	for name, limit := range map[string]flow.ModelLimit{"requests": flow.RPM(1), "tokens": flow.TPM(100), "in flight": flow.InFlight(1)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := mock.New()
				m.When().Text("a").Usage(10, 90).Delay(time.Hour).Always()
				limited := flow.Limit(m, limit)
				go func() { _, _ = limited.Generate(t.Context(), request(tenTokens)) }()
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				if _, err := limited.Generate(ctx, request(tenTokens)); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
					t.Errorf("got %v after %v", err, time.Since(start))
				}
				for ev, err := range model.Stream(ctx, limited, request("a")) {
					if err == nil {
						t.Errorf("event %v", ev)
					}
				}
				if n := len(m.Calls()); n != 1 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

func TestLimitsThatAreNone(t *testing.T) {
	m := mock.Always("a")
	for want, limited := range map[string]flow.Model{
		"Model.Validation: RPM(0): a limit has to be positive (HTTP 400)":      flow.Limit(m, flow.RPM(0)),
		"Model.Validation: TPM(-1): a limit has to be positive (HTTP 400)":     flow.Limit(m, flow.TPM(-1)),
		"Model.Validation: InFlight(0): a limit has to be positive (HTTP 400)": flow.Limit(m, flow.InFlight(0)),
		"Model.Validation: Limit of a model that is nil (HTTP 400)":            flow.Limit(nil, flow.RPM(5)),
		"Model.Validation: a limit that is nil (HTTP 400)":                     flow.Limit(m, nil),
	} {
		if _, err := limited.Generate(t.Context(), request("a")); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := model.Collect(model.Stream(t.Context(), limited, request("a"))); err == nil || err.Error() != want {
			t.Errorf("streamed: got %v, want %s", err, want)
		}
		if about := model.Describe(limited); about.Provider != "" && about.Provider != "mock" {
			t.Errorf("described as %+v", about)
		}
	}
	_, err := flow.Limit(m, flow.TPM(5)).Generate(t.Context(), nil)
	if !errors.Is(err, model.ErrValidation) {
		t.Errorf("a request that is nil: %v", err)
	}
}
