package aslsuite

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// fields reads the members of an object and remembers the first that is not
// of its type. Absent ones, and null where no other type may be null, are the
// zero value.
type fields struct {
	object *document.Object
	err    error
}

func (f *fields) has(key string) bool {
	_, ok := f.object.Get(key)
	return ok
}

func (f *fields) wrong(key, want string, v any) {
	if f.err == nil {
		f.err = fmt.Errorf("%s is %s, not %s", key, document.KindOf(v), want)
	}
}

func (f *fields) str(key string) string {
	v, ok := f.object.Get(key)
	if !ok || v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		f.wrong(key, "a string", v)
	}
	return s
}

func (f *fields) flag(key string) bool {
	v, ok := f.object.Get(key)
	if !ok || v == nil {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		f.wrong(key, "a boolean", v)
	}
	return b
}

func (f *fields) obj(key string) *document.Object {
	v, ok := f.object.Get(key)
	if !ok || v == nil {
		return nil
	}
	o, ok := v.(*document.Object)
	if !ok {
		f.wrong(key, "an object", v)
	}
	return o
}

func (f *fields) list(key string) []any {
	v, ok := f.object.Get(key)
	if !ok || v == nil {
		return nil
	}
	a, ok := v.([]any)
	if !ok {
		f.wrong(key, "an array", v)
	}
	return a
}

func (f *fields) strings(key string) []string {
	var all []string
	for _, v := range f.list(key) {
		s, ok := v.(string)
		if !ok {
			f.wrong(key, "an array of strings", v)
		}
		all = append(all, s)
	}
	return all
}

// objects gives the members of an array that must be objects.
func (f *fields) objects(key string) []fields {
	var all []fields
	for _, v := range f.list(key) {
		o, ok := v.(*document.Object)
		if !ok {
			f.wrong(key, "an array of objects", v)
			continue
		}
		all = append(all, fields{object: o})
	}
	return all
}

// text gives a member that is text, or else another one as JSON text, or "".
func (f *fields) text(asText, asValue string) string {
	s, _ := f.given(asText, asValue)
	return s
}

// given is text, and tells whether one of the two was there.
func (f *fields) given(asText, asValue string) (string, bool) {
	if f.has(asText) {
		return f.str(asText), true
	}
	v, ok := f.object.Get(asValue)
	if !ok {
		return "", false
	}
	encoded, err := document.Encode(v)
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("%s: %w", asValue, err)
	}
	return string(encoded), true
}

// synchronous tells from the name of a case, which begins with the file of the
// test, that the test ran Express workflows by StartSyncExecution.
func synchronous(name string) bool {
	file, _, _ := strings.Cut(name, "::")
	return strings.Contains(file, "express_sync")
}

// times gives when AWS gave the answer, and when the execution starts: at the
// case's clock, else at that time, else at the beginning of 2026.
func (f *fields) times() (asOf, start time.Time) {
	if r := f.obj("recorded"); r != nil {
		in := fields{object: r}
		asOf, _ = time.Parse(recorded, in.str("snapshot"))
	}
	if clock := f.str("clock"); clock != "" {
		t, err := time.Parse(time.RFC3339, clock)
		if err != nil && f.err == nil {
			f.err = fmt.Errorf("clock: %w", err)
		}
		return asOf, t
	}
	if !asOf.IsZero() {
		return asOf, asOf
	}
	return asOf, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
}

func (f *fields) join(other *fields) {
	if f.err == nil {
		f.err = other.err
	}
}

func (f *fields) tasks(c *Case) {
	for _, t := range f.objects("tasks") {
		c.Tasks = append(c.Tasks, Task{
			Resource: t.str("resource"), Function: t.str("function"), Behaviour: t.obj("behaviour"),
		})
		f.join(&t)
	}
}

func (f *fields) calls(c *Case) {
	for _, r := range f.objects("calls") {
		call := Call{
			State: r.str("state"), Resource: r.str("resource"),
			Failed: r.obj("failed"), Unfinished: isSet(r.object, "unfinished"), TimedOut: isSet(r.object, "timed_out"),
		}
		call.Parameters, _ = r.object.Get("parameters")
		if !r.has("parameters") {
			call.Parameters, _ = r.object.Get("input")
		}
		call.Submitted, call.HasSubmitted = r.object.Get("submitted")
		call.Output, call.HasOutput = r.object.Get("output")
		c.Calls = append(c.Calls, call)
		f.join(&r)
	}
}

// isSet tells that a member is there and not false or null.
func isSet(o *document.Object, key string) bool {
	v, ok := o.Get(key)
	return ok && v != nil && v != false
}

func (f *fields) resources(c *Case) {
	o := f.obj("resources")
	if o == nil {
		return
	}
	r := fields{object: o}
	for _, s := range r.objects("s3_objects") {
		c.Objects = append(c.Objects, Object{Bucket: s.str("bucket"), Key: s.str("key"), Body: s.str("body")})
		r.join(&s)
	}
	for _, w := range r.objects("consumers") {
		if arn := w.str("activity"); arn != "" {
			if c.Workers == nil {
				c.Workers = map[string]string{}
			}
			c.Workers[arn] = workerName(w.obj("definition"))
		}
		r.join(&w)
	}
	for _, m := range r.objects("state_machines") {
		c.Machines = append(c.Machines, Machine{ARN: m.str("arn"), Definition: m.text("definition_text", "definition")})
		r.join(&m)
	}
	if r.err != nil && f.err == nil {
		f.err = errors.New("resources: " + r.err.Error())
	}
}
