package virtual_test

import (
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
)

func TestBubble(t *testing.T) {
	t.Parallel()
	bubble := virtual.In(t)
	began := time.Now()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var at time.Time
	if err := bubble(func() {
		virtual.SleepUntil(noon)
		virtual.SleepUntil(noon.Add(-time.Hour))
		at = time.Now()
	}); err != nil || !at.Equal(noon) {
		t.Errorf("%v, %v", at, err)
	}
	if took := time.Since(began); took > 10*time.Minute {
		t.Errorf("a bubble took %v", took)
	}
}

// What goes wrong in a bubble is an error, and the next one is none the worse.
func TestBubbleErrors(t *testing.T) {
	t.Parallel()
	bubble := virtual.In(t)
	for _, test := range []struct {
		name string
		f    func()
		text string
	}{
		{"a panic", func() { panic("broken") }, "panic: broken"},
		{"a wait for ever", func() { <-make(chan int) }, "deadlock"},
		{"a goroutine left behind", func() { go func() { <-make(chan int) }() }, "deadlock"},
		{"nothing", func() {}, ""},
	} {
		err := bubble(test.f)
		if (err == nil) != (test.text == "") || err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
