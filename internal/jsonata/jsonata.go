// Package jsonata compiles and evaluates JSONata expressions.
//
// An expression is compiled once and may then be evaluated by any number of
// goroutines. It reads document values in place (see package document): of a
// Go struct in a document only the members that the expression asks for are
// looked at.
//
// There are two dialects: the language of the reference implementation,
// jsonata-js 2.2, and that of AWS Step Functions, which is 2.0.6 without
// $eval, with $partition, $range, $hash, $random, $uuid and $parse, and
// without an input document.
//
// Regular expressions run on RE2, in linear time: lookaround and back
// references are refused when compiling.
package jsonata

import (
	"context"
	"time"
)

// Dialect says which language an expression is written in.
type Dialect uint8

// The dialects.
const (
	// Standard is JSONata 2.2.
	Standard Dialect = iota
	// StepFunctions is the JSONata of AWS Step Functions.
	StepFunctions
)

// Options say how an expression is compiled.
type Options struct {
	// Dialect is the language; Standard if not set.
	Dialect Dialect
	// Input lets expressions of the StepFunctions dialect refer to the input
	// document ($, $$ and bare names at the top level), which the service
	// refuses. In the Standard dialect they always may.
	Input bool
	// Limits bound an evaluation; each that is zero has the default of the
	// dialect.
	Limits Limits
}

// Limits bound one evaluation. Exceeding one is an error of kind Bound.
type Limits struct {
	// Depth is how many evaluation steps may be nested: every node of the
	// syntax tree entered and not yet left counts one. 100 in the
	// StepFunctions dialect, as measured on the service, else 100,000; at most
	// 200,000.
	Depth int
	// Value is how many bytes one array or string may take, an item of an
	// array counting 12 and a character 2, as measured on the service. 10 MiB in the
	// StepFunctions dialect, else 512 MiB.
	Value int64
	// Total is how many bytes an evaluation may make in all, what it has let
	// go of included. 128 MiB in the StepFunctions dialect, else 512 MiB.
	Total int64
	// Steps is how many calls and items an evaluation may work through; it
	// stands for the time bound of the service, so that the outcome does not
	// depend on the machine. 20 million in the StepFunctions dialect, else
	// 1,000 million.
	Steps int64
}

// As measured on the service, a range of 873,782 numbers fits into 10 MiB and
// one more does not.
const (
	itemBytes   = 12  // an item of an array
	headBytes   = 370 // what one array takes beside its items
	holderBytes = 48  // what it counts in the total, where there may be many small ones
	charBytes   = 2   // a character of a string: 2^22 of them fit, 2^23 do not
	mostDepth   = 200_000
)

func (o *Options) fill() {
	o.Dialect = min(o.Dialect, StepFunctions)
	l := &o.Limits
	depth, size, total, steps := 100_000, int64(512<<20), int64(512<<20), int64(1_000_000_000)
	if o.Dialect == StepFunctions {
		depth, size, total, steps = 100, 10<<20, 128<<20, 20_000_000
	}
	if l.Depth <= 0 {
		l.Depth = depth
	}
	l.Depth = min(l.Depth, mostDepth)
	if l.Value <= 0 {
		l.Value = size
	}
	if l.Total <= 0 {
		l.Total = max(total, l.Value)
	}
	if l.Steps <= 0 {
		l.Steps = steps
	}
}

func (o *Options) noInput() bool { return o.Dialect == StepFunctions && !o.Input }

// newer tells that the operators and rules of 2.1 and 2.2 hold.
func (o *Options) newer() bool { return o.Dialect == Standard }

// Nothing is what an expression gives that gives no value at all; JSON null is
// nil. As an input it stands for the absence of an input document.
type Nothing struct{}

// Undefined is the value of an expression that gives nothing.
var Undefined = Nothing{}

// Variables gives the values that a caller binds to names.
type Variables interface {
	// Lookup gives the value bound to a name, written without its $.
	Lookup(name string) (any, bool)
}

// Map is a Variables made of a Go map.
type Map map[string]any

// Lookup gives m[name].
func (m Map) Lookup(name string) (any, bool) {
	v, ok := m[name]
	return v, ok
}

// Env is what surrounds one evaluation. A nil *Env has no variables, the clock
// of the machine, and random numbers of math/rand/v2.
type Env struct {
	// Variables are bound before the evaluation begins; one with the name of a
	// function of the library hides it.
	Variables Variables
	// Now is the clock behind $now and $millis, read at most once an
	// evaluation; time.Now if nil.
	Now func() time.Time
	// Random gives 64 random bits for $random, $shuffle and $uuid;
	// math/rand/v2 if nil.
	Random func() uint64
}

// Expr is a compiled expression. It is immutable.
type Expr struct {
	opts    Options
	root    node
	layout  layout
	reach   int
	halves  bool // its strings have halves of surrogate pairs
	globals []string
	known   []value // what the globals are where no variable is bound
	uses    usage
}

// Compile compiles an expression. Its errors are *Error of the kinds Syntax
// and Unsupported.
func Compile(src string, opts Options) (*Expr, error) {
	opts.fill()
	e, err := compile(src, opts, nil)
	if err != nil {
		return nil, public(err)
	}
	return e, nil
}

// compile compiles an expression that stands within a scope, or alone.
func compile(src string, opts Options, around *scope) (*Expr, error) {
	a := newArena()
	defer a.release()
	tree, halves, err := a.parse(src, opts.newer())
	if err != nil {
		return nil, err
	}
	if tree, err = a.shape(tree); err != nil {
		return nil, err
	}
	e, err := compileTree(tree, opts, around)
	if err != nil {
		return nil, err
	}
	e.halves = halves
	return e, nil
}

// compileTree compiles a shaped tree that stands within a scope, or alone.
func compileTree(tree *ast, opts Options, around *scope) (*Expr, error) {
	e := &Expr{opts: opts, layout: layout{captured: makesClosures(tree)}}
	c := &compiler{opts: &e.opts, scope: &scope{parent: around, layout: &e.layout}}
	binds(tree, func(name string) { c.scope.declare(name, false) })
	var err error
	if e.root, e.reach, err = c.below(tree); err != nil {
		return nil, err
	}
	e.globals, e.uses = c.globals, c.uses
	e.known = make([]value, len(e.globals))
	for i, name := range e.globals {
		if b := library(name, opts.Dialect); b != nil {
			e.known[i] = functionOf(&closure{builtin: b})
		}
	}
	return e, nil
}

// public turns an error on its way up into the one that callers see.
func public(err error) error {
	if f, ok := err.(*fault); ok { //nolint:errorlint // faults travel unwrapped
		return f.finish()
	}
	return err
}

// Eval evaluates the expression for an input document ([Undefined] for none).
// env may be nil. The result is in canonical form; it is Undefined where the
// expression gives nothing, and a [Function] where it gives one. Errors are
// *Error of the kinds Dynamic and Bound, or the cause of ctx's end.
func (e *Expr) Eval(ctx context.Context, input any, env *Env) (any, error) {
	ev, _ := evaluators.Get().(*evaluator)
	v, err := e.run(ev, ctx, input, env)
	if err != nil {
		ev.release()
		return nil, public(err)
	}
	out, err := ev.export(v)
	ev.release()
	if err != nil {
		return nil, public(err)
	}
	return out, nil
}

var noEnv = &Env{}

func (e *Expr) run(ev *evaluator, ctx context.Context, input any, env *Env) (value, error) {
	if env == nil {
		env = noEnv
	}
	ev.ctx, ev.expr, ev.env = ctx, e, env
	ev.room, ev.steps = e.opts.Limits.Total, e.opts.Limits.Steps
	ev.globals = append(ev.globals[:0], e.known...)
	ev.bindGlobals(e, ev.globals)
	if err := ev.refuel(); err != nil {
		return value{}, err
	}
	if e.reach > e.opts.Limits.Depth {
		return value{}, tooDeep()
	}
	in := valueOf(input)
	ev.root = in
	if in.kind == array {
		in = listOf(&list{seq: true, outer: true, vals: []value{in}})
	}
	fr := ev.newFrame(e.layout.size, nil)
	fr.reset(0, e.layout.size)
	v, err := e.root.eval(ev, fr, in)
	if err != nil {
		return value{}, err
	}
	if !e.layout.captured {
		ev.drop(fr)
	}
	if ev.spent || ev.full {
		return value{}, ev.refuel()
	}
	return v, nil
}

// bindGlobals puts the caller's variables over the functions of the library.
func (ev *evaluator) bindGlobals(e *Expr, globals []value) {
	if ev.env.Variables == nil {
		return
	}
	for i, name := range e.globals {
		if v, ok := ev.env.Variables.Lookup(name); ok {
			globals[i] = valueOf(v)
		}
	}
}
