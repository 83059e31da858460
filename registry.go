package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Request is one attempt of a Task of a parsed flow.
type Request struct {
	// State is the name of the state, and Path qualified by those around it.
	State, Path string
	// Resource is what the definition calls, such as
	// "arn:aws:states:::sqs:sendMessage.waitForTaskToken". Of an integration,
	// Service is "sqs" (or "aws-sdk:sqs"), Action "sendMessage", and Pattern
	// "sync", "sync:2", "waitForTaskToken" or empty.
	Resource, Service, Action, Pattern string
	// Parameters is what the task is given: any JSON value as encoding/json
	// decodes it, numbers as float64 or json.Number.
	Parameters any
	// Attempt counts the attempts before this one.
	Attempt int
	// Token is what the attempt is answered with at the [Desk], of the patterns
	// that wait.
	Token string
	// Role is the ARN of the role that the definition's Credentials name; empty
	// where it names none.
	Role string
	// Timeout and Heartbeat bound the attempt; 0 is no bound.
	Timeout, Heartbeat time.Duration
}

// Handler does the work of Tasks.
type Handler interface {
	// Handle does the work of one attempt and gives its result. Of a Task that
	// waits for a token the result is the answer to the request itself; the
	// token brings the Task's own. An [*Error] keeps its name and cause, empty
	// ones too; for other errors see [Error].
	Handle(ctx context.Context, r *Request) (any, error)
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, r *Request) (any, error)

// Handle calls the function.
func (h HandlerFunc) Handle(ctx context.Context, r *Request) (any, error) { return h(ctx, r) }

// Refuser is a [Handler] that looks at a request before it is scheduled. An
// error fails the execution with [ErrRuntime]; no event tells of the task.
type Refuser interface {
	Refuse(r *Request) error
}

// Worker is a [Handler] of activities that says who works on them: the event
// that tells of the start of a task names it. An empty name is none.
type Worker interface {
	WorkerName(activity string) string
}

// Submitted is what a Handler of a Task with the pattern sync returns when the
// job was begun and its result comes later by the request's Token. answer is
// what the request itself gave, for the history.
func Submitted(answer any) error { return &drive.Pending{Value: answer} }

// Registry says what the resources of parsed flows mean. The zero value is empty
// and ready; a nil one handles nothing, and takes no handler: [Registry.Handle]
// panics. It is safe for concurrent use.
type Registry struct {
	mu       sync.RWMutex
	handlers map[string]Handler // by pattern
	lambdas  map[string]Handler // by the name of the function
}

// NewRegistry gives an empty registry.
func NewRegistry() *Registry { return &Registry{} }

// Handle has h do the work of the resources that a pattern names: a whole ARN;
// an integration as service:action, with ".sync" or another suffix for that
// pattern alone ("sqs:sendMessage", "aws-sdk:s3:getObject", "ecs:runTask.sync");
// or a beginning of either, followed by *. Of several that match, the longest
// counts. A pattern that is there already is replaced; a nil h, or a nil
// HandlerFunc, removes it.
func (r *Registry) Handle(pattern string, h Handler) {
	r.set(resourceMap, pattern, h)
}

// resourceMap and lambdaMap are the maps of a registry.
func resourceMap(r *Registry) *map[string]Handler { return &r.handlers }
func lambdaMap(r *Registry) *map[string]Handler   { return &r.lambdas }

// set enters a handler into one of the maps, or takes it off.
func (r *Registry) set(which func(*Registry) *map[string]Handler, key string, h Handler) {
	if r == nil {
		panic("flow: a handler for a nil *Registry (make one with NewRegistry)")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	in := which(r)
	if f, ok := h.(HandlerFunc); h == nil || ok && f == nil {
		delete(*in, key)
		return
	}
	if *in == nil {
		*in = map[string]Handler{}
	}
	(*in)[key] = h
}

// HandleFunc has a typed function do the work of a resource: what the task is
// given is made an In as encoding/json would. A nil fn removes the pattern.
func HandleFunc[In, Out any](r *Registry, pattern string, fn func(ctx context.Context, in In) (Out, error)) {
	if fn == nil {
		r.Handle(pattern, nil)
		return
	}
	r.Handle(pattern, HandlerFunc(func(ctx context.Context, q *Request) (any, error) {
		in, err := convert[In](q.Parameters)
		if err != nil {
			return nil, err
		}
		return fn(ctx, in)
	}))
}

// find gives the handler of a task, or nil.
func (r *Registry) find(t *asl.Task) Handler {
	if r == nil {
		return nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := []string{t.Resource}
	if t.Action != "" {
		plain := t.Service + ":" + t.Action
		names = append(names, plain)
		if t.Pattern != asl.RequestResponse {
			names = append(names[:1], plain+"."+string(t.Pattern), plain)
		}
	}
	for _, name := range names {
		if h, ok := r.handlers[name]; ok {
			return h
		}
	}
	if h := r.lambda(t); h != nil {
		return h
	}
	var best Handler
	longest := -1
	for pattern, h := range r.handlers {
		start, ok := strings.CutSuffix(pattern, "*")
		if !ok || len(start) <= longest {
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, start) }) {
			best, longest = h, len(start)
		}
	}
	return best
}

// Resources has the Tasks of a parsed flow done by the handlers of r. A run of a
// flow that has a Task without a handler does not begin; its error names all.
func Resources(r *Registry) Option { return option(func(s *settings) { s.registry = r }) }

// missing is the error for tasks that nothing handles.
func (s *settings) missing(d *definition) error {
	if d.asl == nil {
		return nil
	}
	lost := map[string][]string{} // the states by their resource
	for st, t := range d.asl.compiled.Tasks {
		if s.registry.find(t) == nil && s.standInFor(st) == nil {
			lost[t.Resource] = append(lost[t.Resource], strconv.Quote(st.Path))
		}
	}
	if len(lost) == 0 {
		return nil
	}
	list := make([]string, 0, len(lost))
	for _, resource := range slices.Sorted(maps.Keys(lost)) {
		states := lost[resource]
		slices.Sort(states)
		list = append(list, fmt.Sprintf("%s (state %s)", resource, strings.Join(states, ", ")))
	}
	return &Error{
		Name: machine.Runtime, fatal: true,
		Cause: fmt.Sprintf("nothing handles the resources %s of the flow %q: give what does to a Registry, and that to Resources or Bind; or have a function stand in with StandIn",
			strings.Join(list, ", "), d.name),
	}
}

func requestOf(f *machine.Frame, t *asl.Task, args any) (*Request, error) {
	parameters, err := document.Plain(args)
	if err != nil {
		return nil, err
	}
	timeout, heartbeat := f.Bounds()
	st := f.Current()
	role, _ := document.Member(f.Credentials(), "roleArn")
	arn, _ := document.Str(role)
	return &Request{
		Role:  arn,
		State: st.Name, Path: st.Path, Resource: t.Resource, Service: t.Service, Action: t.Action, Pattern: string(t.Pattern),
		Parameters: parameters, Attempt: int(f.Attempt), Token: f.Token(), Timeout: timeout, Heartbeat: heartbeat,
	}, nil
}

// ready asks a handler whether it takes a request.
func (s *settings) ready(f *machine.Frame, t *asl.Task, args any) error {
	refuser, ok := s.registry.find(t).(Refuser)
	if !ok || s.standInFor(f.Current()) != nil {
		return nil
	}
	q, err := requestOf(f, t, args)
	if err != nil {
		return err
	}
	return refuser.Refuse(q)
}

// worker names who works on an activity.
func (s *settings) worker(t *asl.Task) string {
	if w, ok := s.registry.find(t).(Worker); ok {
		return w.WorkerName(t.Resource)
	}
	return ""
}

// call has a handler do the work of a task.
func (s *settings) call(ctx context.Context, f *machine.Frame, t *asl.Task) (any, error) {
	h := s.registry.find(t)
	if h == nil {
		return nil, &machine.Failure{Name: machine.Runtime, Fatal: true, Cause: "nothing handles the resource " + t.Resource + " any more"}
	}
	q, err := requestOf(f, t, f.Args)
	if err != nil {
		return nil, err
	}
	v, err := h.Handle(ctx, q)
	switch {
	case err != nil:
		return nil, err
	case t.Pattern == asl.Token:
		return nil, &drive.Pending{Value: v}
	}
	return v, nil
}

// explainTask makes the failure of what a handler returned, or of an answer at
// the desk: an Error of ours keeps what it does not say.
func explainTask(f *machine.Frame, err error) *machine.Failure {
	if e, ok := err.(*Error); ok { //nolint:errorlint // one that is wrapped says more than its name
		return &machine.Failure{Name: e.Name, Cause: e.Cause, Bare: true, Fatal: e.fatal, Err: err}
	}
	return explain(f, err)
}

// Bind gives a parsed flow that runs with the handlers of r, or an error that
// names all resources that none of them handles.
func (f *Flow[In, Out]) Bind(r *Registry) (*Flow[In, Out], error) {
	if err := f.made(); err != nil {
		return nil, err
	}
	bound := f.With(Resources(r))
	if err := bound.settings.missing(bound.def); err != nil {
		return nil, err
	}
	return bound, nil
}
