package jsonata

import "slices"

// usage is what an expression takes from its surroundings.
type usage struct {
	refs    []string // free variables, once for each time they are read as a value
	members []string // members of $states
	whole   int      // mentions of $states that are not $states.member
}

// read notes that a free variable is mentioned.
func (u *usage) read(name string) {
	u.refs = append(u.refs, name)
	if name == "states" {
		u.whole++
	}
}

// called notes that the last mention of a free variable was a call.
func (u *usage) called(name string) {
	for i := len(u.refs) - 1; i >= 0; i-- {
		if u.refs[i] == name {
			u.refs = slices.Delete(u.refs, i, i+1)
			return
		}
	}
}

// path notes which member of $states a path begins with.
func (u *usage) path(n *ast, s *scope) {
	if len(n.list) < 2 || n.list[0].typ != astVariable || n.list[0].value != "states" || n.list[1].typ != astName {
		return
	}
	if first := n.list[0]; len(first.predicate) > 0 || len(first.stages) > 0 || first.focus != "" || first.index != "" {
		return
	}
	if _, sure := s.find("states"); sure {
		return
	}
	u.whole--
	if name := n.list[1].value; !slices.Contains(u.members, name) {
		u.members = append(u.members, name)
	}
}

// Variables lists, sorted, the variables that the expression reads from its
// surroundings, written without their $. $states, functions of the library
// and names that are only called are left out.
func (e *Expr) Variables() []string {
	var out []string
	for _, name := range e.uses.refs {
		if name == "states" || library(name, e.opts.Dialect) != nil {
			continue
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Hiding lists, sorted, the names that Variables leaves out because functions
// of the library have them, of those that the expression reads as values: a
// variable of its surroundings that has such a name hides the function.
func (e *Expr) Hiding() []string {
	var out []string
	for _, name := range e.uses.refs {
		if library(name, e.opts.Dialect) != nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// States lists, sorted, the members of $states that the expression mentions by
// name; whole tells that it also uses $states as a value, so that it may see
// any of them.
func (e *Expr) States() (members []string, whole bool) {
	members = slices.Clone(e.uses.members)
	slices.Sort(members)
	return members, e.uses.whole > 0
}
