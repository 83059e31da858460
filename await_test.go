package flow_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

// A token that an expression reads is made before the bounds and the arguments
// of the attempt are known; both count all the same.
func TestTokenReadByExpression(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt":"Ask","States":{"Ask":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
		"TimeoutSeconds":60,"Parameters":{"FunctionName":"ask","Payload":{"token.$":"$$.Task.Token"}},"End":true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := flow.NewRegistry()
	r.Handle("lambda:invoke.waitForTaskToken", flow.HandlerFunc(func(context.Context, *flow.Request) (any, error) { return nil, nil }))
	synctest.Test(t, func(t *testing.T) {
		desk := flow.NewDesk()
		start := time.Now()
		e := f.Start(t.Context(), nil, flow.Resources(r), desk)
		synctest.Wait()
		for _, w := range desk.Waiting() {
			want := map[string]any{"FunctionName": "ask", "Payload": map[string]any{"token": string(w.Token)}}
			if got := w.Input(); !reflect.DeepEqual(got, want) {
				t.Errorf("input of what waits: got %v, want %v", got, want)
			}
			if w.Until != start.Add(time.Minute) {
				t.Errorf("it waits until %v, want %v", w.Until, start.Add(time.Minute))
			}
		}
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrTimeout) || time.Since(start) != time.Minute {
			t.Errorf("got %v after %v, want a timeout after a minute", err, time.Since(start))
		}
	})
}
