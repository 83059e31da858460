package jsonatasuite

import (
	"encoding/json"
	"fmt"

	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/internal/document"
)

// Dialect is which JSONata an expression is written in.
type Dialect string

// The dialects, which are the levels of this suite.
const (
	Full          Dialect = "2.2" // the whole language and library
	StepFunctions Dialect = "sfn" // that of AWS Step Functions: 2.0.6 without $eval
)

// Levels lists the levels in the order in which they are shown.
var Levels = []string{string(Full), string(StepFunctions)}

// Answer is what an evaluation gave: a value, nothing, or an error.
type Answer struct {
	Value     any
	Undefined bool
	Error     *Failure
}

// Evaluate evaluates a case's expression in a dialect. The error tells that it
// could not even be tried.
type Evaluate func(c *Case, dialect Dialect) (Answer, error)

// Judge evaluates a case in every dialect in which it holds.
func Judge(c *Case, evaluate Evaluate) report.Result {
	r := report.Result{Area: c.Group, Case: c.Group + "/" + c.Name}
	if c.LoneSurrogate {
		r.Impossible = "it speaks of a UTF-16 code unit that no UTF-8 string can hold"
	}
	for _, dialect := range []Dialect{Full, StepFunctions} {
		if dialect == StepFunctions && !c.StepFunctions {
			continue
		}
		level := report.Level{Name: string(dialect)}
		answer, err := evaluate(c, dialect)
		if err != nil {
			level.Differences = []string{err.Error()}
		} else if differences := c.differences(answer); len(differences) > 0 {
			level.Differences = append([]string{"expr " + c.Expr}, differences...)
		}
		level.Agrees = len(level.Differences) == 0
		r.Levels = append(r.Levels, level)
	}
	return r
}

func (c *Case) differences(a Answer) []string {
	switch {
	case c.Error != nil:
		return c.Error.differences(a)
	case a.Error != nil:
		return []string{fmt.Sprintf("want %s\ngot  error %s", c.expected(), a.Error)}
	case c.Undefined != a.Undefined:
		return []string{fmt.Sprintf("want %s\ngot  %s", c.expected(), a)}
	case c.Undefined:
		return nil
	}
	want, got := doubles(c.Result), doubles(a.Value)
	if c.Unordered {
		if w, ok := want.([]any); ok {
			if g, ok := got.([]any); ok && samePermuted(w, g) {
				return nil
			}
		}
	}
	var all []string
	for _, d := range compare.NewPlaceholders(nil).Values("result", want, got) {
		all = append(all, d.String())
	}
	return all
}

func (c *Case) expected() string {
	if c.Undefined {
		return "nothing (undefined)"
	}
	return document.Text(c.Result)
}

// String shows the answer.
func (a Answer) String() string {
	switch {
	case a.Error != nil:
		return "error " + a.Error.String()
	case a.Undefined:
		return "nothing (undefined)"
	}
	return document.Text(a.Value)
}

// String shows the failure.
func (f *Failure) String() string { return fmt.Sprintf("%s, token %q: %s", f.Code, f.Token, f.Message) }

// differences tells where an answer is not this error. What a case does not
// say of an error may be anything.
func (f *Failure) differences(a Answer) []string {
	if a.Error == nil {
		return []string{fmt.Sprintf("want error %s\ngot  %s", f, a)}
	}
	var all []string
	for _, part := range []struct{ name, want, got string }{
		{"code", f.Code, a.Error.Code}, {"token", f.Token, a.Error.Token}, {"message", f.Message, a.Error.Message},
	} {
		if part.want != "" && part.want != part.got {
			all = append(all, fmt.Sprintf("error %s\n    want %s\n    got  %s", part.name, part.want, part.got))
		}
	}
	return all
}

// doubles gives a value with each number as the float64 that it is in JSONata.
func doubles(v any) any {
	v, err := document.Canonical(v)
	if err != nil {
		return v
	}
	switch v := v.(type) {
	case json.Number:
		f, _ := document.Float(v)
		return f
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = doubles(e)
		}
		return all
	case *document.Object:
		all := document.NewObject(v.Len())
		for key, e := range v.All() {
			all.Set(key, doubles(e))
		}
		return all
	}
	return v
}

// samePermuted tells that two arrays hold the same elements in any order.
func samePermuted(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	taken := make([]bool, len(got))
next:
	for _, w := range want {
		for i, g := range got {
			if !taken[i] && document.Equal(w, g) {
				taken[i] = true
				continue next
			}
		}
		return false
	}
	return true
}
