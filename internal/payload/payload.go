// Package payload evaluates payload templates: JSON in which the value of each
// field whose name ends in .$ is a path or the call of an intrinsic function,
// at any depth, within arrays too. It stands for what that gives, under the
// name without .$; all else is literal.
package payload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/path"
)

const suffix = ".$"

// Template is a compiled template. It is immutable and safe for concurrent use.
type Template struct {
	root     node
	exprs    []*Expression
	suspects []Suspect
}

// node gives its part of a payload.
type node interface {
	eval(env Env) (any, error)
}

type (
	// literal is a subtree without expressions; payloads share it.
	literal struct{ value any }
	// field is an expression with the name of its field.
	field struct {
		*Expression
		name string
	}
	array  []node
	object struct {
		shape *document.Object // the names
		nodes []node
	}
)

func (l literal) eval(Env) (any, error) { return l.value, nil }

func (f field) eval(env Env) (any, error) { return f.Evaluate(env, f.name) }

func (a array) eval(env Env) (any, error) {
	list := make([]any, len(a))
	for i, n := range a {
		v, err := n.eval(env)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func (o *object) eval(env Env) (any, error) {
	values := make([]any, len(o.nodes))
	for i, n := range o.nodes {
		v, err := n.eval(env)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return o.shape.With(values), nil
}

// InvalidFieldError says that a field of a template can't be.
type InvalidFieldError struct {
	At    []string // the names and indexes on the way to the object that has the field
	Field string   // the name with its .$
	Twice bool     // the field without .$ is there too
	Err   error    // of the expression; nil where the value is no string
}

// Error words the problem as Step Functions does; of a name that stands twice
// no wording is recorded.
func (p *InvalidFieldError) Error() string {
	if p.Twice {
		return fmt.Sprintf("The field '%s' and the field '%s' stand for the same name", p.Field, strings.TrimSuffix(p.Field, suffix))
	}
	return fmt.Sprintf("The value for the field '%s' must be a valid JSONPath or a valid intrinsic function call", p.Field)
}

// Unwrap gives the error of the expression.
func (p *InvalidFieldError) Unwrap() error { return p.Err }

// InvalidFieldErrors is all that is wrong with a template, in order.
type InvalidFieldErrors []*InvalidFieldError

// Error joins the problems by semicolons.
func (ps InvalidFieldErrors) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives the problems.
func (ps InvalidFieldErrors) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// Suspect is a literal that looks like an expression: its name has no .$, so
// it stays a text (AWS warns of it with the code NO_DOLLAR).
type Suspect struct {
	At    []string // the names and indexes on the way to the object that has the field
	Field string
	Text  string
}

// Compile reads a template from a document value. The error is [InvalidFieldErrors], or
// what keeps v from being JSON.
func Compile(v any) (*Template, error) {
	v, err := document.Canonical(v)
	if err != nil {
		return nil, err
	}
	c := compiler{template: &Template{}}
	c.template.root = c.node(v)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return c.template, nil
}

// Eval gives the payload: the template with the values of its expressions.
// Literal parts are shared between payloads. The error is a [FieldError].
func (t *Template) Eval(env Env) (any, error) { return t.root.eval(env) }

// Literal gives the payload of a template without expressions; ok is false for
// any other.
func (t *Template) Literal() (v any, ok bool) {
	l, ok := t.root.(literal)
	return l.value, ok
}

// Expressions gives the expressions in their order.
func (t *Template) Expressions() []*Expression { return slices.Clone(t.exprs) }

// Variables gives the names of the workflow variables that the template reads,
// sorted, each once.
func (t *Template) Variables() []string {
	var paths []*path.Path
	for _, x := range t.exprs {
		paths = append(paths, x.Paths()...)
	}
	return variables(paths)
}

// Suspects gives the literals that look like expressions.
func (t *Template) Suspects() []Suspect { return slices.Clone(t.suspects) }

func variables(paths []*path.Path) []string {
	var names []string
	for _, p := range paths {
		if p.Root() == path.Variable {
			names = append(names, p.Variable())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type compiler struct {
	template *Template
	problems InvalidFieldErrors
	at       []string
}

func (c *compiler) node(v any) node {
	switch v := v.(type) {
	case []any:
		return c.array(v)
	case *document.Object:
		return c.object(v)
	}
	return literal{v}
}

func (c *compiler) array(list []any) node {
	nodes := make(array, len(list))
	fixed := true
	for i, v := range list {
		nodes[i] = c.below(strconv.Itoa(i), v)
		fixed = fixed && isLiteral(nodes[i])
	}
	if fixed {
		return literal{list}
	}
	return nodes
}

func (c *compiler) below(name string, v any) node {
	c.at = append(c.at, name)
	n := c.node(v)
	c.at = c.at[:len(c.at)-1]
	return n
}

func (c *compiler) object(o *document.Object) node {
	shape := document.NewObject(o.Len())
	nodes := make([]node, 0, o.Len())
	fixed := true
	for key, v := range o.All() {
		name, isExpression := strings.CutSuffix(key, suffix)
		var n node
		if isExpression {
			n = c.expression(o, key, name, v)
		} else {
			c.suspect(key, v)
			n = c.below(key, v)
		}
		shape.Set(name, nil)
		nodes = append(nodes, n)
		fixed = fixed && isLiteral(n)
	}
	if fixed {
		return literal{o}
	}
	return &object{shape, nodes}
}

func (c *compiler) expression(o *document.Object, key, name string, v any) node {
	problem := &InvalidFieldError{At: slices.Clone(c.at), Field: key}
	if _, twice := o.Get(name); twice {
		problem.Twice = true
		c.problems = append(c.problems, problem)
		return field{name: key}
	}
	text, isString := v.(string)
	if !isString {
		c.problems = append(c.problems, problem)
		return field{name: key}
	}
	x, err := CompileExpression(text)
	if err != nil {
		problem.Err = err
		c.problems = append(c.problems, problem)
		return field{name: key}
	}
	c.template.exprs = append(c.template.exprs, x)
	return field{x, key}
}

func (c *compiler) suspect(key string, v any) {
	text, ok := v.(string)
	if !ok || (!intrinsic.IsCall(text) && !strings.HasPrefix(text, "$")) {
		return
	}
	if _, err := CompileExpression(text); err == nil {
		c.template.suspects = append(c.template.suspects, Suspect{slices.Clone(c.at), key, text})
	}
}

func isLiteral(n node) bool {
	_, ok := n.(literal)
	return ok
}
