package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// HandleLambda has a Go function stand for the AWS Lambda function of a name:
// in Tasks whose Resource is the ARN of such a function, in any account, and in
// lambda:invoke where FunctionName is the name or an ARN of it, qualified or
// not. lambda:invoke gets the answer of Lambda's Invoke around the result. What
// the function is given is made an In as encoding/json would.
//
// An error of the function is one of Lambda: its name is that of an [*Error] or
// of a method ErrorName, else the name of its Go type, and its cause the JSON
// {"errorMessage": …, "errorType": …}. A handler of the resource's own, by
// [Registry.Handle], goes before. A nil fn removes the function.
func HandleLambda[In, Out any](r *Registry, name string, fn func(ctx context.Context, in In) (Out, error)) {
	if fn == nil {
		r.set(lambdaMap, name, nil)
		return
	}
	r.set(lambdaMap, name, HandlerFunc(func(ctx context.Context, q *Request) (any, error) {
		in, err := convert[In](q.Parameters)
		if err != nil {
			return nil, raised(err)
		}
		out, err := fn(ctx, in)
		if err != nil {
			return nil, raised(err)
		}
		return out, nil
	}))
}

// lambda gives the handler of a Task that calls a Lambda function; nil where
// it calls none that is known. The registry is locked.
func (r *Registry) lambda(t *asl.Task) Handler {
	switch {
	case len(r.lambdas) == 0:
	case t.Style == machine.LambdaStyle:
		return r.lambdas[functionName(t.Resource)]
	case t.Service == "lambda" && t.Action == "invoke":
		return HandlerFunc(r.invoke)
	}
	return nil
}

// functionName is the name of a function in what it is called by: a name, an
// ARN, or a part of an ARN, with or without a version or alias.
func functionName(s string) string {
	if _, rest, ok := strings.Cut(s, "function:"); ok {
		s = rest
	}
	name, _, _ := strings.Cut(s, ":")
	return name
}

// invoke is lambda:invoke.
func (r *Registry) invoke(ctx context.Context, q *Request) (any, error) {
	v, _ := document.Member(q.Parameters, "FunctionName")
	called, _ := document.Str(v)
	r.mu.RLock()
	h := r.lambdas[functionName(called)]
	r.mu.RUnlock()
	if h == nil {
		return nil, &Error{Name: "Lambda.ResourceNotFoundException", Cause: "Function not found: " + called}
	}
	own := *q
	payload, _ := document.Member(q.Parameters, "Payload")
	own.Parameters = sent(payload)
	out, err := h.Handle(ctx, &own)
	if err != nil {
		return nil, err
	}
	return document.ObjectOf(
		document.Field{Key: "ExecutedVersion", Value: "$LATEST"},
		document.Field{Key: "Payload", Value: out},
		document.Field{Key: "SdkHttpMetadata", Value: httpMetadata()},
		document.Field{Key: "SdkResponseMetadata", Value: document.ObjectOf(document.Field{Key: "RequestId", Value: randomUUID()})},
		document.Field{Key: "StatusCode", Value: float64(200)},
	), nil
}

// sent is what a function receives of a Payload: null calls it without a body,
// which it sees as {}; text that is JSON is sent as that JSON.
func sent(payload any) any {
	switch payload := payload.(type) {
	case nil:
		return map[string]any{}
	case string:
		var v any
		if json.Unmarshal([]byte(payload), &v) == nil {
			return v
		}
	}
	return payload
}

// httpMetadata is what stands beside the answers of services.
func httpMetadata() *document.Object {
	return document.ObjectOf(
		document.Field{Key: "AllHttpHeaders", Value: document.ObjectOf(document.Field{Key: "Content-Type", Value: []any{"application/json"}})},
		document.Field{Key: "HttpHeaders", Value: document.ObjectOf(document.Field{Key: "Content-Type", Value: "application/json"})},
		document.Field{Key: "HttpStatusCode", Value: float64(200)},
	)
}

// raised makes of a function's error what Lambda makes of it.
func raised(err error) error {
	message := err.Error()
	name := ""
	var named interface{ ErrorName() string }
	if errors.As(err, &named) {
		name = named.ErrorName()
	}
	if e, ok := named.(*Error); ok {
		message = e.Cause
	}
	if name == "" {
		t := reflect.TypeOf(err)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name = t.Name()
	}
	cause, encoding := json.Marshal(map[string]string{"errorMessage": message, "errorType": name})
	if encoding != nil {
		cause = fmt.Appendf(nil, "%q", message)
	}
	return &Error{Name: name, Cause: string(cause), wrapped: err}
}
