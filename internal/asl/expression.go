package asl

import (
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
)

// Expression compiles what may stand as the value of a key that ends in ".$": a
// path of the document, the context object or a variable, or a call of an
// intrinsic function. variables are those that it reads.
func Expression(text string) (eval machine.Eval, variables []string, err error) {
	if intrinsic.IsCall(text) {
		call, err := intrinsic.Compile(text)
		if err != nil {
			return nil, nil, err
		}
		return func(f *machine.Frame, doc any) (any, error) { return call.Eval(&env{f: f, doc: doc}) }, call.Variables(), nil
	}
	p, err := path.Compile(text)
	if err != nil {
		return nil, nil, err
	}
	if p.Root() == path.Variable {
		variables = []string{p.Variable()}
	}
	return func(f *machine.Frame, doc any) (any, error) { return get(p, f, doc) }, variables, nil
}
