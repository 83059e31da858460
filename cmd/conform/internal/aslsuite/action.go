package aslsuite

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Stop is the failure that a case's test stopped the execution with, nil if it
// did not. The cases do not say how an action is written: an object or array
// that names StopExecution is taken for one, with its error and cause.
func (c *Case) Stop() *Failure {
	for _, action := range c.Actions {
		if !names(action, "StopExecution") {
			continue
		}
		f := &Failure{}
		given(action, "error", &f.Error)
		given(action, "cause", &f.Cause)
		return f
	}
	return nil
}

// names tells that a name stands anywhere in a value, also as a key, in
// whatever case and with whatever between its words.
func names(v any, name string) bool {
	same := func(s string) bool {
		return strings.EqualFold(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s), name)
	}
	if s, ok := document.Str(v); ok {
		return same(s)
	}
	for e := range document.Elements(v) {
		if names(e, name) {
			return true
		}
	}
	for key, e := range document.Entries(v) {
		if same(key) || names(e, name) {
			return true
		}
	}
	return false
}

// given finds a text by its key, wherever in a value that is.
func given(v any, key string, to **string) {
	for name, e := range document.Entries(v) {
		if text, ok := document.Str(e); ok && strings.EqualFold(name, key) {
			*to = &text
			return
		}
		given(e, key, to)
	}
	for e := range document.Elements(v) {
		given(e, key, to)
	}
}
