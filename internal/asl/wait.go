package asl

import (
	"math"
	"time"

	"github.com/flowstone-go/flow/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
)

// longest is how far ahead AWS lets a Wait end.
const longest = math.MaxInt32 * time.Second

func (c *stateCompiler) wait() {
	s := c.in
	switch {
	case s.Seconds != nil:
		c.waitSeconds()
	case s.Timestamp != nil:
		c.waitTimestamp()
	case s.SecondsPath != nil:
		p := c.path(s.SecondsPath, path.CompileReference)
		c.out.Until = func(f *machine.Frame, doc any) (time.Time, error) { return secondsAt(f, p, doc) }
	case s.TimestampPath != nil:
		p := c.path(s.TimestampPath, path.CompileReference)
		c.out.Until = func(f *machine.Frame, doc any) (time.Time, error) { return timestampAt(f, p, doc) }
	default:
		c.fail(s.Pos, "a Wait without an end")
	}
}

func (c *stateCompiler) waitSeconds() {
	if n, ok := c.in.Seconds.Int(); ok {
		c.out.Until = func(f *machine.Frame, _ any) (time.Time, error) { return until(f, n) }
		return
	}
	t := c.query(c.in.Seconds, "Seconds")
	c.out.Until = func(f *machine.Frame, _ any) (time.Time, error) {
		v, err := t.eval(&ask{f: f})
		if err != nil {
			return time.Time{}, err
		}
		n, ok := document.Integer(v)
		if !ok || n < 0 {
			return time.Time{}, unexpected(f, t, "non-negative integer", v)
		}
		return until(f, n)
	}
}

func (c *stateCompiler) waitTimestamp() {
	if text, ok := c.in.Timestamp.Text(); ok {
		if at, ok := compare.ParseTimestamp(text); ok {
			c.out.Until = func(f *machine.Frame, _ any) (time.Time, error) { return near(f, at) }
			return
		}
	}
	t := c.query(c.in.Timestamp, "Timestamp")
	c.out.Until = func(f *machine.Frame, _ any) (time.Time, error) {
		v, err := t.eval(&ask{f: f})
		if err != nil {
			return time.Time{}, err
		}
		text, ok := v.(string)
		if !ok {
			return time.Time{}, unexpected(f, t, "string", v)
		}
		at, ok := compare.ParseTimestamp(text)
		if !ok {
			fail := query(f, "Timestamp", "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: "+text, nil)
			fail.Late = true
			return time.Time{}, fail
		}
		return near(f, at)
	}
}

func until(f *machine.Frame, seconds int64) (time.Time, error) {
	if seconds > int64(longest/time.Second) {
		return time.Time{}, tooLong(f)
	}
	return f.After(time.Duration(seconds) * time.Second), nil
}

func near(f *machine.Frame, at time.Time) (time.Time, error) {
	if at.Sub(f.Exec.Host.Now()) > longest {
		return time.Time{}, tooLong(f)
	}
	return at, nil
}

func tooLong(f *machine.Frame) error { return wrong(f, "Wait state delay is too long.", nil) }

func secondsAt(f *machine.Frame, p *path.Path, doc any) (time.Time, error) {
	v, err := get(p, f, doc)
	if err != nil {
		return time.Time{}, wrong(f, "The SecondsPath parameter does not reference an input value: "+p.String(), err)
	}
	n, ok := document.Integer(v)
	switch {
	case !ok:
		return time.Time{}, wrong(f, "The SecondsPath parameter cannot be parsed as a long value: "+p.String()+" == "+plain(v), nil)
	case n < 0:
		return time.Time{}, wrong(f, "The SecondsPath parameter references a negative value: "+p.String()+" == "+plain(v), nil)
	}
	return until(f, n)
}

func timestampAt(f *machine.Frame, p *path.Path, doc any) (time.Time, error) {
	v, err := get(p, f, doc)
	if err != nil {
		return time.Time{}, wrong(f, "The TimestampPath parameter does not reference an input value: "+p.String(), err)
	}
	text, ok := document.Str(v)
	if ok {
		if at, ok := compare.ParseTimestamp(text); ok {
			return near(f, at)
		}
	}
	return time.Time{}, wrong(f, "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "+
		p.String()+" == "+plain(v), nil)
}

// plain writes a value as AWS quotes it in messages: a string without its
// quotes.
func plain(v any) string {
	if s, ok := document.Str(v); ok {
		return s
	}
	return document.Text(v)
}
