package mock

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Unexpected is the name of the error of a call that no script expects. The
// engine lets no Retry or Catch match it.
const Unexpected = "Mock.Unexpected"

// ErrUnexpected is what every [UnexpectedError] is, by errors.Is.
var ErrUnexpected = &UnexpectedError{}

// UnexpectedError is a call that no script, or no recording, expects.
type UnexpectedError struct {
	Call    *Call
	Nearest string // the script that came nearest and why it did not answer; empty if there is none
}

// ErrorName is "Mock.Unexpected".
func (e *UnexpectedError) ErrorName() string { return Unexpected }

// Uncatchable is true: the engine lets no Retry and no Catch match the error.
func (e *UnexpectedError) Uncatchable() bool { return true }

// Is tells whether target is such an error too.
func (e *UnexpectedError) Is(target error) bool {
	_, ok := target.(*UnexpectedError)
	return ok
}

// shown is how many characters of a prompt a message shows.
const shown = 300

// Error tells the state, the prompt and the nearest script in one line.
func (e *UnexpectedError) Error() string {
	if !e.known() {
		return "mock: unexpected call"
	}
	text := fmt.Sprintf("mock: %s is not expected; it asks %q", e.who(), cut(e.Call.Prompt(), shown))
	if e.Nearest != "" {
		text += "; nearest: " + e.Nearest
	}
	return text
}

// Report tells the same on several lines, with the whole prompt.
func (e *UnexpectedError) Report() string {
	if !e.known() {
		return e.Error()
	}
	nearest := e.Nearest
	if nearest == "" {
		nearest = "there is no script"
	}
	return fmt.Sprintf("%s is not expected\nprompt:\n\t%s\nnearest: %s", e.who(), strings.ReplaceAll(e.Call.Prompt(), "\n", "\n\t"), nearest)
}

func (e *UnexpectedError) known() bool { return e.Call != nil && e.Call.Request != nil }

func (e *UnexpectedError) who() string {
	c := e.Call
	who := fmt.Sprintf("call %d", c.Number)
	if c.Caller.State != "" {
		who += fmt.Sprintf(" from state %q", c.Caller.State)
	}
	if c.Caller.Attempt > 1 {
		who += fmt.Sprintf(" (attempt %d)", c.Caller.Attempt)
	}
	if c.Request.Model != "" {
		who += fmt.Sprintf(" for model %q", c.Request.Model)
	}
	return who
}

// unexpected makes the error for a call, with the script of which most
// matchers match; m.mu is held.
func (m *Model) unexpected(call *Call) *UnexpectedError {
	own := *call
	e := &UnexpectedError{Call: &own}
	best := -1.0
	for _, s := range m.scripts {
		var missed []string
		for _, x := range s.matchers {
			if !x.Match(call) {
				missed = append(missed, x.String())
			}
		}
		score := 1.0
		if n := len(s.matchers); n > 0 {
			score = float64(n-len(missed)) / float64(n)
		}
		if score <= best {
			continue
		}
		best = score
		e.Nearest = s.String() + ": " + why(s, missed)
	}
	return e
}

func why(s *Script, missed []string) string {
	switch {
	case len(missed) == 1:
		return missed[0] + " does not match"
	case len(missed) > 1:
		return strings.Join(missed, " and ") + " do not match"
	case len(s.steps) == 0:
		return "the script has no reply"
	}
	return fmt.Sprintf("all its %d replies are given; Times or Always gives more", s.given())
}

// given counts the replies of a script that is used up.
func (s *Script) given() int {
	n := 0
	for _, st := range s.steps {
		n += st.used
	}
	return n
}

// cut shortens a text to n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return string(runes[:n]) + "…"
}

func shortFile(file string) string { return filepath.Base(file) }
