package states

import (
	"maps"
	"slices"
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

// variables refuses the assignment of a variable that a scope around assigns.
// What the state around a scope assigns, in its catchers for instance, does not
// count: it is assigned once the scope has ended (a recording has one name in a
// branch and in the Catch of its Parallel). The children of a distributed Map
// see nothing of the scopes around them.
func (c *checker) variables(scope *node, outer map[string]bool) {
	states := object(scope, "States")
	if states == nil {
		return
	}
	assigners := map[string]int{} // in how many states of this scope a name is assigned
	for _, state := range states.items {
		for _, assigned := range assignedBy(state) {
			name := variableOf(assigned)
			if outer[name] {
				c.report(Error, assigned.parent, assigned.index, DuplicateVariableName, "Variable '%s' is assigned in an outer scope already", name)
			}
			assigners[name]++
		}
	}
	for _, state := range states.items {
		scopes := innerScopes(state)
		if len(scopes) == 0 {
			continue
		}
		own := map[string]bool{}
		for _, assigned := range assignedBy(state) {
			own[variableOf(assigned)] = true
		}
		known := map[string]bool{}
		maps.Copy(known, outer)
		for name, n := range assigners {
			if n > 1 || !own[name] {
				known[name] = true
			}
		}
		for _, inner := range scopes {
			if text(inner.get("ProcessorConfig"), "Mode") == "DISTRIBUTED" {
				c.variables(inner, nil)
				continue
			}
			c.variables(inner, known)
		}
	}
}

// assignedBy gives the assignments of a state, its rules and its catchers: of
// each variable the first.
func assignedBy(state *node) []*node {
	var assigned []*node
	add := func(holder *node) {
		assign := object(holder, "Assign")
		if assign == nil {
			return
		}
		for _, item := range assign.items {
			if !slices.ContainsFunc(assigned, func(other *node) bool { return variableOf(other) == variableOf(item) }) {
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
