package asl

import (
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// distributed makes each item of a Map an execution of its own.
func (c *stateCompiler) distributed() {
	s, k := c.in, c.out.Fork
	c.compiled.Maps[c.out] = s
	k.Tolerate = c.tolerance()
	k.Run = &machine.ChildRun{Failed: func(_, _ *machine.Frame, fail *machine.Failure) any { return tolerated(fail) }}
	if s.ItemReader != nil {
		c.reader(k)
	}
	if s.ItemBatcher != nil {
		c.batcher(k)
	}
	if s.ResultWriter != nil {
		c.writer(k)
	}
}

// tolerated is the entry of a failed child among the results.
func tolerated(fail *machine.Failure) any {
	return document.ObjectOf(
		document.Field{Key: "Status", Value: "FAILED"},
		document.Field{Key: "Error", Value: fail.Name},
		document.Field{Key: "Cause", Value: fail.Cause},
	)
}

// tolerance compiles how much may fail; nil where nothing may. A bound of 0
// counts as none.
func (c *stateCompiler) tolerance() func(f *machine.Frame, doc any) (machine.Tolerance, error) {
	s := c.in
	count := c.tolerated(s.ToleratedFailureCount, s.ToleratedFailureCountPath)
	percent := c.percentage(s.ToleratedFailurePercentage, s.ToleratedFailurePercentagePath)
	if count == nil && percent == nil {
		return nil
	}
	return func(f *machine.Frame, doc any) (machine.Tolerance, error) {
		var t machine.Tolerance
		if count != nil {
			n, err := count(f, doc)
			if err != nil {
				return t, err
			}
			t.Count, t.HasCount = float64(n), n > 0
		}
		if percent != nil {
			n, err := percent(f, doc)
			if err != nil {
				return t, err
			}
			t.Percent, t.HasPercent = n, n > 0
		}
		return t, nil
	}
}

func (c *stateCompiler) tolerated(v, byPath *states.Value) counter {
	return c.count(v, byPath, "ToleratedFailureCount")
}

func (c *stateCompiler) percentage(v, byPath *states.Value) func(f *machine.Frame, doc any) (float64, error) {
	const field = "ToleratedFailurePercentage"
	check := func(f *machine.Frame, n float64, err error) (float64, error) {
		if err == nil && (n < 0 || n > 100) {
			err = wrong(f, field+" must be between 0 and 100.", nil)
		}
		return n, err
	}
	switch {
	case byPath != nil:
		p := c.path(byPath, path.CompileReference)
		return func(f *machine.Frame, doc any) (float64, error) {
			n, err := c.number(f, p, doc, field+"Path")
			return check(f, n, err)
		}
	case v == nil:
		return nil
	}
	if n, ok := v.Float(); ok {
		return func(*machine.Frame, any) (float64, error) { return n, nil }
	}
	t := c.query(v, field)
	return func(f *machine.Frame, _ any) (float64, error) {
		out, err := t.eval(&ask{f: f})
		if err != nil {
			return 0, err
		}
		n, ok := document.Float(out)
		if !ok || n < 0 || n > 100 {
			return 0, unexpected(f, t, "number between 0 and 100", out)
		}
		return n, nil
	}
}
