package asl

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// Task is what a Task state calls: a resource, taken apart.
type Task struct {
	Resource string // as in the definition
	Style    machine.Style
	// Service and Action are those of an integration: lambda and invoke,
	// aws-sdk:dynamodb and putItem.
	Service, Action string
	Pattern         Pattern
}

// Pattern is how an integration waits for its answer.
type Pattern string

// The patterns.
const (
	RequestResponse Pattern = ""
	Sync            Pattern = "sync"
	Sync2           Pattern = "sync:2"
	Token           Pattern = "waitForTaskToken"
)

const integration = "arn:aws:states:::"

// taskOf takes a resource apart. What is no ARN that AWS knows is a service of
// its own whose events name it whole.
func taskOf(resource string) *Task {
	t := &Task{Resource: resource}
	rest, ok := strings.CutPrefix(resource, integration)
	if !ok {
		switch parts := strings.SplitN(resource, ":", 7); {
		case len(parts) > 5 && parts[2] == "lambda":
			t.Style = machine.LambdaStyle
		case len(parts) > 5 && parts[2] == "states" && parts[5] == "activity":
			t.Style = machine.ActivityStyle
		default:
			t.Service, t.Action = resource, ""
		}
		return t
	}
	i := strings.LastIndexByte(rest, ':')
	if strings.HasSuffix(rest, ".sync:2") {
		i = strings.LastIndexByte(strings.TrimSuffix(rest, ":2"), ':')
	}
	if i < 0 {
		t.Service = rest
		return t
	}
	t.Service = rest[:i]
	action, pattern, _ := strings.Cut(rest[i+1:], ".")
	t.Action, t.Pattern = action, Pattern(pattern)
	return t
}

// suffixed is the action as history events name it.
func (t *Task) suffixed() string {
	if t.Pattern == RequestResponse {
		return t.Action
	}
	return t.Action + "." + string(t.Pattern)
}

// subject is how messages about the task's result name it.
func (t *Task) subject() string {
	if t.Style == machine.ServiceStyle {
		return t.Service
	}
	return t.Resource
}

// call is the callee of a Task: what its resource is, the run knows.
type call struct{ task *Task }

// Call calls the task.
func (c call) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	do := runOf(f).Call
	if do == nil {
		return nil, wrong(f, "nothing handles the resource "+c.task.Resource, nil)
	}
	return do(ctx, f, c.task)
}

func (c *stateCompiler) task() {
	s := c.in
	t := taskOf(s.Resource)
	c.compiled.Tasks[c.out] = t
	w := &machine.Work{
		Callee: call{t}, Style: t.Style, Region: region,
		Awaits: t.Pattern != RequestResponse,
		Ready: func(f *machine.Frame, args any) *machine.Failure {
			if ready := runOf(f).Ready; ready != nil {
				if err := ready(f, t, args); err != nil {
					return refused(f, err)
				}
			}
			return nil
		},
		Check: func(f *machine.Frame, result any) *machine.Failure { return oversize(f, result, t.subject()) },
	}
	if t.Style == machine.ActivityStyle {
		w.Worker = func(f *machine.Frame) string {
			if worker := runOf(f).Worker; worker != nil {
				return worker(t)
			}
			return ""
		}
	}
	if t.Style == machine.ServiceStyle {
		w.ResourceType, w.Resource = t.Service, t.suffixed()
	} else {
		w.Resource = t.Resource
	}
	w.Timeout = c.duration(s.TimeoutSeconds, s.TimeoutSecondsPath, "TimeoutSeconds")
	w.Heartbeat = c.duration(s.HeartbeatSeconds, s.HeartbeatSecondsPath, "HeartbeatSeconds")
	w.Credentials = c.credentials()
	c.out.Work = w
}

// region is the one that history events name.
const region = "us-east-1"

// refused makes a failure of what keeps a task from being scheduled.
func refused(f *machine.Frame, err error) *machine.Failure {
	if fail, ok := errors.AsType[*machine.Failure](err); ok {
		return fail
	}
	return wrong(f, err.Error(), err)
}

// credentials compiles the role that a task is called with, as events show it.
func (c *stateCompiler) credentials() machine.Eval {
	s := c.in
	if s.Credentials == nil {
		return nil
	}
	eval := c.template(s.Credentials)
	if s.Language == states.JSONata {
		t := c.query(s.Credentials, "Credentials")
		eval = func(f *machine.Frame, _ any) (any, error) { return t.eval(&ask{f: f}) }
	}
	if eval == nil {
		return nil
	}
	return func(f *machine.Frame, doc any) (any, error) {
		v, err := eval(f, doc)
		if err != nil {
			return nil, err
		}
		role, _ := document.Member(v, "RoleArn")
		return document.ObjectOf(document.Field{Key: "roleArn", Value: role}), nil
	}
}

// duration compiles a bound in seconds: a number, an expression, or a path.
func (c *stateCompiler) duration(v, byPath *states.Value, field string) machine.DurationFunc {
	switch {
	case byPath != nil:
		p := c.path(byPath, path.CompileReference)
		return func(f *machine.Frame, doc any) (time.Duration, error) {
			n, err := c.whole(f, p, doc, field+"Path")
			if err == nil && n <= 0 {
				err = wrong(f, field+"Path must reference a positive integer: "+p.String(), nil)
			}
			return time.Duration(n) * time.Second, err
		}
	case v == nil:
		return nil
	}
	if n, ok := v.Int(); ok {
		return func(*machine.Frame, any) (time.Duration, error) { return time.Duration(n) * time.Second, nil }
	}
	t := c.query(v, field)
	return func(f *machine.Frame, _ any) (time.Duration, error) {
		out, err := t.eval(&ask{f: f})
		if err != nil {
			return 0, err
		}
		n, ok := document.Integer(out)
		if !ok || n <= 0 {
			return 0, unexpected(f, t, "positive integer", out)
		}
		return time.Duration(n) * time.Second, nil
	}
}

// whole reads a whole number, or the text of one, at a path.
func (*stateCompiler) whole(f *machine.Frame, p *path.Path, doc any, field string) (int64, error) {
	v, err := get(p, f, doc)
	if err != nil {
		return 0, wrongPath(f, err)
	}
	if n, ok := document.Integer(v); ok {
		return n, nil
	}
	if s, ok := document.Str(v); ok {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, wrong(f, "The "+field+" field refers to value \""+plain(v)+"\" which is not a valid integer: "+p.String(), nil)
}

// number reads a number, or the text of one, at a path.
func (*stateCompiler) number(f *machine.Frame, p *path.Path, doc any, field string) (float64, error) {
	v, err := get(p, f, doc)
	if err != nil {
		return 0, wrongPath(f, err)
	}
	if n, ok := document.Float(v); ok {
		return n, nil
	}
	if s, ok := document.Str(v); ok {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n, nil
		}
	}
	return 0, wrong(f, "The "+field+" field refers to value \""+plain(v)+"\" which is not a valid float: "+p.String(), nil)
}
