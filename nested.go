package flow

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
)

// Machines is a [Handler] of states:startExecution: it runs parsed flows as the
// nested executions of others. Make it with [NewMachines], and give it to a
// registry:
//
//	machines := flow.NewMachines(flow.Resources(registry))
//	machines.Add("arn:aws:states:us-east-1:123456789012:stateMachine:child", child)
//	registry.Handle("states:startExecution", machines)
//
// With the patterns sync and sync:2 the execution belongs to the Task, and ends
// with it. Without, it goes on by itself: see [Machines.Wait]. It is safe for
// concurrent use.
type Machines struct {
	opts    []Option
	running sync.WaitGroup

	mu    sync.RWMutex
	flows map[string]*Flow[any, any]
}

// NewMachines gives a Machines without any, whose executions run with these
// options.
func NewMachines(opts ...Option) *Machines {
	return &Machines{opts: opts}
}

// Add adds the state machine of an ARN, in the place of one that is there.
func (m *Machines) Add(arn string, f *Flow[any, any]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.flows == nil {
		m.flows = map[string]*Flow[any, any]{}
	}
	m.flows[arn] = f
}

// Wait waits for the executions that were begun by a Task without waiting for
// them.
func (m *Machines) Wait() { m.running.Wait() }

// Handle starts the execution that a Task asks for.
func (m *Machines) Handle(ctx context.Context, q *Request) (any, error) {
	if q == nil {
		return nil, &Error{Name: "StepFunctions.InvalidArn", Cause: "there is no request"}
	}
	arn := memberText(q.Parameters, "StateMachineArn")
	m.mu.RLock()
	f := m.flows[arn]
	m.mu.RUnlock()
	if f == nil {
		return nil, &Error{Name: "StepFunctions.StateMachineDoesNotExistException", Cause: "State Machine Does Not Exist: '" + arn + "'"}
	}
	n := &nested{flow: f, machine: arn, name: memberText(q.Parameters, "Name"), began: time.Now()}
	if n.name == "" {
		n.name = randomUUID()
	}
	var err error
	if n.input, err = nestedInput(q.Parameters); err != nil {
		return nil, err
	}
	opts := append([]Option{n}, m.opts...)
	if q.Pattern == "" || q.Pattern == "waitForTaskToken" {
		e := f.Start(context.WithoutCancel(ctx), n.input, opts...)
		m.running.Go(func() { <-e.Done() })
		return n.started(), nil
	}
	drive.Submit(ctx, n.started())
	out, err := f.Run(ctx, n.input, opts...)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return n.ended(out, err, q.Pattern == "sync:2")
}

func memberText(v any, key string) string {
	member, _ := document.Member(v, key)
	text, _ := document.Str(member)
	return text
}

// nestedInput is the input of a nested execution: JSON, or the text of it; {}
// where there is none.
func nestedInput(parameters any) (any, error) {
	given, _ := document.Member(parameters, "Input")
	switch given := given.(type) {
	case nil:
		return map[string]any{}, nil
	case string:
		v, err := document.Decode([]byte(given))
		if err != nil {
			return nil, &Error{Name: "StepFunctions.InvalidExecutionInputException", Cause: "Invalid State Machine Execution Input: '" + err.Error() + "'"}
		}
		return document.Plain(v)
	}
	return given, nil
}

// nested is one nested execution; as an option it gives that its identity.
type nested struct {
	flow          *Flow[any, any]
	machine, name string
	input         any
	began         time.Time
}

func (n *nested) apply(s *settings) {
	id := Identity{Execution: n.name}
	if parts := strings.SplitN(n.machine, ":", 7); len(parts) == 7 {
		id.Region, id.Account, id.Machine = parts[3], parts[4], parts[6]
	}
	s.identity = id
}

func (n *nested) policy(p *policies) { p.options = append(p.options, n) }

// arn is that of the execution.
func (n *nested) arn() string {
	return strings.Replace(n.machine, ":stateMachine:", ":execution:", 1) + ":" + n.name
}

// started is the answer of StartExecution.
func (n *nested) started() *document.Object {
	return document.ObjectOf(
		document.Field{Key: "ExecutionArn", Value: n.arn()},
		document.Field{Key: "SdkHttpMetadata", Value: httpMetadata()},
		document.Field{Key: "SdkResponseMetadata", Value: document.ObjectOf(document.Field{Key: "RequestId", Value: randomUUID()})},
		document.Field{Key: "StartDate", Value: float64(n.began.UnixMilli())},
	)
}

// ended is the answer of DescribeExecution for an execution that has ended:
// the result of the Task, or the cause of its failure. parsed has documents in
// it as JSON rather than as text.
func (n *nested) ended(out any, failed error, parsed bool) (any, error) {
	included := document.ObjectOf(document.Field{Key: "Included", Value: true})
	o := document.NewObject(12)
	put := func(name string, v any) error {
		canonical, err := document.Canonical(v)
		if err != nil {
			return err
		}
		if !parsed || failed != nil {
			canonical = document.Text(canonical)
		}
		o.Set(name, canonical)
		o.Set(name+"Details", included)
		return nil
	}
	o.Set("ExecutionArn", n.arn())
	if err := put("Input", n.input); err != nil {
		return nil, err
	}
	o.Set("Name", n.name)
	if failed == nil {
		if err := put("Output", out); err != nil {
			return nil, err
		}
		o.Set("RedriveCount", float64(0))
		o.Set("RedriveStatus", "NOT_REDRIVABLE")
		o.Set("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven")
	}
	o.Set("StartDate", float64(n.began.UnixMilli()))
	o.Set("StateMachineArn", n.machine)
	o.Set("Status", string(Succeeded))
	o.Set("StopDate", float64(time.Now().UnixMilli()))
	if failed == nil {
		return o, nil
	}
	o.Set("Status", string(Failed))
	if e, ok := errors.AsType[*Error](failed); ok {
		if e.fatal && e.Name == ErrTimeout.Name {
			o.Set("Status", string(TimedOut))
		}
		if e.Name != "" {
			o.Set("Error", e.Name)
		}
		if e.Cause != "" {
			o.Set("Cause", e.Cause)
		}
	}
	cause, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return nil, &Error{Name: ErrTaskFailed.Name, Cause: string(cause), wrapped: failed}
}
