package states

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// Difference tells where two definitions that mean the same would differ, as a
// JSON pointer with both sides, or "" if they mean the same. Beside what
// [Equal] leaves out, these make no difference:
//
//   - comments, and the Version 1.0
//   - a field that has its default: InputPath, OutputPath, ResultPath and
//     ItemsPath of "$", MaxConcurrency 0, Assign, Retry and Catch without elements, the
//     QueryLanguage of the machine, ProcessorConfig of an inline Map; in a
//     retrier an interval of 1 second, 3 attempts, rate 2, no jitter
//   - the older names Iterator and Parameters of a Map
//   - InputPath and ItemsPath of a Map that are one path in two pieces
//   - a comparison that is negated by false (IsNull: false) or by Not, and one of
//     two paths that is turned round (a > b, b < a)
//   - how a Timestamp is spelled
func Difference(a, b *Machine) string {
	x, err := meaning(a)
	if err != nil {
		return err.Error()
	}
	y, err := meaning(b)
	if err != nil {
		return err.Error()
	}
	return difference("", x, y)
}

// difference finds the first place where two values differ.
func difference(at string, a, b any) string {
	x, isObject := a.(*document.Object)
	y, isObject2 := b.(*document.Object)
	if isObject && isObject2 {
		for key, v := range x.All() {
			w, ok := y.Get(key)
			if !ok {
				return fmt.Sprintf("%s/%s: only the first has it: %s", at, key, document.Text(v))
			}
			if d := difference(at+"/"+key, v, w); d != "" {
				return d
			}
		}
		for key, w := range y.All() {
			if _, ok := x.Get(key); !ok {
				return fmt.Sprintf("%s/%s: only the second has it: %s", at, key, document.Text(w))
			}
		}
		return ""
	}
	p, isList := a.([]any)
	q, isList2 := b.([]any)
	if isList && isList2 && len(p) == len(q) {
		for i := range p {
			if d := difference(fmt.Sprintf("%s/%d", at, i), p[i], q[i]); d != "" {
				return d
			}
		}
		return ""
	}
	if document.Equal(a, b) {
		return ""
	}
	return fmt.Sprintf("%s: %s in the first, %s in the second", at, document.Text(a), document.Text(b))
}

// meaning gives a definition as JSON without what makes no difference.
func meaning(m *Machine) (any, error) {
	out := *m
	out.Version, out.QueryLanguage = "", ""
	if m.Language == JSONata {
		out.QueryLanguage = "JSONata"
	}
	out.Scope = *plainScope(&m.Scope, m.Language)
	text, err := Write(&out)
	if err != nil {
		return nil, err
	}
	return document.Decode(text)
}

func plainScope(s *Scope, language Language) *Scope {
	out := &Scope{StartAt: s.StartAt}
	for _, st := range s.States {
		out.States = append(out.States, plainState(st, language))
	}
	return out
}

func plainState(s *State, language Language) *State {
	out := *s
	out.Comment = ""
	if s.Language == language {
		out.QueryLanguage = ""
	}
	if s.Assign != nil && document.Equal(s.Assign.V, document.NewObject(0)) {
		out.Assign = nil
	}
	plainRetries(&out)
	plainCatches(&out)
	out.Choices = nil
	for _, r := range s.Choices {
		out.Choices = append(out.Choices, plainRule(r))
	}
	out.Branches = nil
	for _, b := range s.Branches {
		out.Branches = append(out.Branches, plainScope(b, language))
	}
	if text, ok := s.Timestamp.Text(); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			out.Timestamp = Of(at.UTC().Format(time.RFC3339Nano))
		}
	}
	if s.Processor != nil {
		plainMap(&out, language)
	}
	for _, v := range []**Value{&out.InputPath, &out.OutputPath, &out.ResultPath, &out.ItemsPath} {
		if text, _ := (*v).Text(); strings.TrimSpace(text) == "$" {
			*v = nil
		}
	}
	return &out
}

func plainMap(s *State, language Language) {
	p := &Processor{Scope: *plainScope(&s.Processor.Scope, language), Config: s.Processor.Config}
	if p.Config != nil && !s.Processor.Distributed() {
		p.Config = nil
	}
	s.Processor = p
	s.ItemSelector, s.Parameters = s.ItemTemplate(), nil
	if isNumber(s.MaxConcurrency, 0) {
		s.MaxConcurrency = nil
	}
	input, ok := s.InputPath.Text()
	if !ok || s.ItemSelector != nil || s.ItemReader != nil {
		return
	}
	items, ok := s.ItemsPath.Text()
	if !ok {
		items = "$"
	}
	if _, err := path.CompileTarget(items); err == nil && !strings.HasPrefix(input, "$$") {
		s.InputPath, s.ItemsPath = nil, Of(input+items[1:])
	}
}

func isNumber(v *Value, n float64) bool {
	f, ok := v.Float()
	return ok && f == n
}

func plainRetries(s *State) {
	list := s.Retry
	s.Retry = nil
	for _, r := range list {
		out := *r
		out.Comment = ""
		if isNumber(r.IntervalSeconds, 1) {
			out.IntervalSeconds = nil
		}
		if isNumber(r.MaxAttempts, 3) {
			out.MaxAttempts = nil
		}
		if isNumber(r.BackoffRate, 2) {
			out.BackoffRate = nil
		}
		if r.JitterStrategy == "NONE" {
			out.JitterStrategy = ""
		}
		s.Retry = append(s.Retry, &out)
	}
}

func plainCatches(s *State) {
	list := s.Catch
	s.Catch = nil
	for _, c := range list {
		out := *c
		out.Comment = ""
		if text, _ := c.ResultPath.Text(); text == "$" {
			out.ResultPath = nil
		}
		s.Catch = append(s.Catch, &out)
	}
}

func plainRule(r *Rule) *Rule {
	out := *r
	out.Comment = ""
	out.And, out.Or = plainRules(r.And), plainRules(r.Or)
	if r.Not != nil {
		out.Not = plainRule(r.Not)
	}
	switch {
	case strings.HasPrefix(r.Operator, "Is") && r.Operand != nil && r.Operand.V == false:
		inner := &Rule{Variable: r.Variable, Operator: r.Operator, Operand: Of(true)}
		out.Variable, out.Operator, out.Operand, out.Not = nil, "", nil, inner
	case strings.HasSuffix(r.Operator, "Path"):
		if i := strings.Index(r.Operator, "GreaterThan"); i >= 0 {
			out.Operator = r.Operator[:i] + "LessThan" + r.Operator[i+len("GreaterThan"):]
			out.Variable, out.Operand = r.Operand, r.Variable
		}
	case strings.HasPrefix(r.Operator, "Timestamp"):
		if text, ok := r.Operand.Text(); ok {
			if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
				out.Operand = Of(at.UTC().Format(time.RFC3339Nano))
			}
		}
	}
	return &out
}

func plainRules(list []*Rule) []*Rule {
	out := slices.Clone(list)
	for i, r := range out {
		out[i] = plainRule(r)
	}
	return out
}
