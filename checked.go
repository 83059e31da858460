package flow

import (
	"bytes"
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// checkCall is what [Checked] does around a call.
func checkCall(f *machine.Frame, call func() (any, error)) (any, error) {
	before, err := document.Encode(f.Args)
	if err != nil {
		return nil, notJSON("what it is given", err)
	}
	v, err := call()
	if err != nil {
		return nil, err
	}
	after, err := document.Encode(f.Args)
	if err != nil || !bytes.Equal(before, after) {
		return nil, &machine.Failure{
			Name: machine.Runtime, Fatal: true,
			Cause: fmt.Sprintf("the function has changed the document that it was given from %s to %s", abridged(before), abridged(after)),
		}
	}
	data, err := document.Encode(v)
	if err != nil {
		return nil, notJSON("its result", err)
	}
	return document.Decode(data)
}

func notJSON(what string, err error) error {
	return &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: fmt.Sprintf("%s can't be written as JSON: %v", what, err)}
}
