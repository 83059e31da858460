package states

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// names checks what must be unique across scopes: the names of states, and
// those of variables against the scopes around.
func (c *checker) names(n *node) {
	seen := map[string]bool{}
	eachStateNode(n, func(state *node) {
		if seen[state.key] {
			c.failCode(state, DuplicateStateName, "Duplicate State name: %s", state.key)
		}
		seen[state.key] = true
	})
	c.variables(n, nil)
}

// eachStateNode visits the states of a scope and of those inside it, in the order
// of the text.
func eachStateNode(scope *node, visit func(state *node)) {
	states := object(scope, "States")
	if states == nil {
		return
	}
	for _, state := range states.items {
		visit(state)
		for _, inner := range innerScopes(state) {
			eachStateNode(inner, visit)
		}
	}
}

// innerScopes gives the scopes inside a state.
func innerScopes(state *node) []*node {
	var scopes []*node
	if branches := state.get("Branches"); branches != nil && branches.kind == document.Array {
		scopes = append(scopes, branches.items...)
	}
	for _, key := range []string{"ItemProcessor", "Iterator"} {
		if inside := object(state, key); inside != nil {
			scopes = append(scopes, inside)
		}
	}
	return scopes
}

// surroundings are the scopes around a scope, as far as it can see variables.
type surroundings struct {
	outer *surroundings
	by    map[string]int  // in how many states of the scope a name is assigned
	own   map[string]bool // what the state in between assigns
}

// assigns tells whether a scope around assigns a variable. What the state in
// between assigns, in its catchers for instance, does not count: it is assigned
// once the scope has ended (a recording has one name in a branch and in the
// Catch of its Parallel).
func (s *surroundings) assigns(name string) bool {
	for ; s != nil; s = s.outer {
		if n := s.by[name]; n > 1 || n == 1 && !s.own[name] {
			return true
		}
	}
	return false
}

// variables refuses the assignment of a variable that a scope around assigns.
// The children of a distributed Map see nothing of the scopes around them.
func (c *checker) variables(scope *node, around *surroundings) {
	states := object(scope, "States")
	if states == nil {
		return
	}
	by := map[string]int{}
	for _, state := range states.items {
		for _, assigned := range assignedBy(state) {
			name := variableOf(assigned)
			if around.assigns(name) {
				c.report(Error, assigned.parent, assigned.index, DuplicateVariableName, "Variable '%s' is assigned in an outer scope already", name)
			}
			by[name]++
		}
	}
	for _, state := range states.items {
		inner := &surroundings{outer: around, by: by, own: map[string]bool{}}
		for _, assigned := range assignedBy(state) {
			inner.own[variableOf(assigned)] = true
		}
		for _, scope := range innerScopes(state) {
			if text(scope.get("ProcessorConfig"), "Mode") == "DISTRIBUTED" {
				c.variables(scope, nil)
				continue
			}
			c.variables(scope, inner)
		}
	}
}

// assignedBy gives the assignments of a state, its rules and its catchers: of
// each variable the first.
func assignedBy(state *node) []*node {
	var assigned []*node
	seen := map[string]bool{}
	add := func(holder *node) {
		assign := object(holder, "Assign")
		if assign == nil {
			return
		}
		for _, item := range assign.items {
			if name := variableOf(item); !seen[name] {
				seen[name] = true
				assigned = append(assigned, item)
			}
		}
	}
	add(state)
	for _, key := range []string{"Choices", "Catch"} {
		if list := state.get(key); list != nil && list.kind == document.Array {
			for _, holder := range list.items {
				add(holder)
			}
		}
	}
	return assigned
}

func variableOf(assigned *node) string { return strings.TrimSuffix(assigned.key, ".$") }
