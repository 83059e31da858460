package flow

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/machine"
)

// What things are called in an exported definition, where names of states are
// unique over all scopes, and a variable of a scope may not be one of a scope
// around it.

const maxName = 80 // characters of the name of a state or a variable

// name names all states: as they are called where that is unique, else by
// their paths.
func (x *exporter) name() {
	count := map[string]int{}
	x.each(x.def.machine.Root, false, func(st *machine.State) {
		for _, a := range x.def.lowered[st].assign {
			x.variables[a.ref.name] = true
		}
	})
	x.each(x.def.machine.Root, true, func(st *machine.State) { count[st.Name]++ })
	x.each(x.def.machine.Root, true, func(st *machine.State) {
		if count[st.Name] == 1 || st.Path == st.Name {
			x.names[st] = st.Name
			x.taken[st.Name] = true
		}
	})
	x.each(x.def.machine.Root, true, func(st *machine.State) {
		if x.names[st] == "" {
			x.names[st] = x.unique(st.Path, "")
		}
	})
}

// each visits the states that are exported as such, from the outside in; those
// of flows that are called only if calls says so.
func (x *exporter) each(sc *machine.Scope, calls bool, visit func(*machine.State)) {
	for _, st := range sc.States {
		visit(st)
		n := x.def.lowered[st]
		if st.Fork == nil || n.opening != nil || n.call != nil && !calls {
			continue
		}
		for _, inner := range st.Fork.Branches {
			x.each(inner, calls, visit)
		}
	}
}

// unique gives a name that no state has yet: this one, behind the path around it
// if there is one, shortened and numbered as need be.
func (x *exporter) unique(name, beside string) string {
	if x.taken[name] {
		if i := strings.LastIndexByte(beside, '/'); i >= 0 {
			name = beside[:i+1] + name
		}
	}
	out := shortened(name, "")
	for i := 2; x.taken[out]; i++ {
		out = shortened(name, fmt.Sprintf(" %d", i))
	}
	x.taken[out] = true
	return out
}

// shortened gives the end of a name, with something behind it, in as many
// characters as a name may have.
func shortened(name, suffix string) string {
	over := utf8.RuneCountInString(name) + len(suffix) - maxName
	if over <= 0 {
		return name + suffix
	}
	return "…" + string([]rune(name)[over+1:]) + suffix
}

// resourceOf gives what a state calls.
func (x *exporter) resourceOf(path string) string {
	if x.resource != nil {
		if arn := x.resource(path); arn != "" {
			return arn
		}
	}
	name := placeholderName(path)
	out := name
	for i := 2; x.resources[out]; i++ {
		out = fmt.Sprintf("%s-%d", name, i)
	}
	x.resources[out] = true
	return placeholder + out
}

const placeholder = "arn:aws:lambda:us-east-1:123456789012:function:"

func placeholderName(path string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, path)
}

// renaming is how the variables of one flow are called in the definition. Those
// of a flow that is called are its own, whatever the one around it has.
type renaming struct {
	x     *exporter
	names map[string]string
	own   bool   // of a flow that is called
	root  string // what JSONata reads in; empty: the input of the state
}

func (v renaming) of(name string) string {
	if !v.own {
		return name
	}
	if _, ok := v.names[name]; !ok {
		v.names[name] = v.x.variable(name)
	}
	return v.names[name]
}

// variable gives a name that no variable has yet.
func (x *exporter) variable(name string) string {
	out := name
	for i := 2; x.variables[out]; i++ {
		suffix := strconv.Itoa(i)
		out = string([]rune(name)[:min(utf8.RuneCountInString(name), maxName-len(suffix))]) + suffix
	}
	x.variables[out] = true
	return out
}
