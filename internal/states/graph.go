package states

import "github.com/flowstone-go/flow/internal/document"

// transitions checks where states lead: to states of their scope, so that each
// is reached, and so that the workflow can end.
func (c *checker) transitions(root *node) {
	if c.source.single {
		for _, inner := range innerScopes(object(root, "States").items[0]) {
			c.targets(inner)
			c.reachable(inner)
		}
		return
	}
	c.targets(root)
	if states := object(root, "States"); states != nil && len(states.items) > 0 && !hasTerminal(states) {
		c.report(Error, nil, 0, MissingEndState, "Workflow has no terminal state")
		return
	}
	c.reachable(root)
}

// targets refuses transitions to states that the scope does not have.
func (c *checker) targets(scope *node) {
	states := object(scope, "States")
	if states == nil {
		return
	}
	known := make(map[string]bool, len(states.items))
	for _, state := range states.items {
		known[state.key] = true
	}
	check := func(target *node) {
		if !known[target.str()] {
			c.failCode(target, MissingTarget, "Missing 'Next' target: %s", target.str())
		}
	}
	if start := scope.get("StartAt"); start.isString() {
		check(start)
	}
	for _, state := range states.items {
		for _, target := range targetsOf(state) {
			check(target)
		}
		for _, inner := range innerScopes(state) {
			c.targets(inner)
		}
	}
}

// targetsOf gives the names of states that a state may be left for.
func targetsOf(state *node) []*node {
	var targets []*node
	add := func(n *node) {
		if n.isString() {
			targets = append(targets, n)
		}
	}
	for _, item := range state.items {
		switch item.key {
		case "Next", "Default":
			add(item)
		case "Choices", "Catch":
			if item.kind != document.Array {
				continue
			}
			for _, element := range item.items {
				add(element.get("Next"))
			}
		}
	}
	return targets
}

// hasTerminal tells whether one of the states can end its scope. A state of
// unknown type may.
func hasTerminal(states *node) bool {
	for _, state := range states.items {
		switch kind := Type(text(state, "Type")); kind {
		case Succeed, Fail:
			return true
		case Choice:
		case Task, Pass, Wait, Parallel, Map:
			if end := state.get("End"); end != nil && end.scalar == true {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// reachable reports the states that no transition from StartAt leads to. A
// scope that does not say where it starts is passed over.
func (c *checker) reachable(scope *node) {
	states := object(scope, "States")
	if states == nil {
		return
	}
	byName := make(map[string]*node, len(states.items))
	for _, state := range states.items {
		byName[state.key] = state
	}
	if start := byName[text(scope, "StartAt")]; start != nil {
		reached := map[*node]bool{start: true}
		for queue := []*node{start}; len(queue) > 0; queue = queue[1:] {
			for _, target := range targetsOf(queue[0]) {
				if state := byName[target.str()]; state != nil && !reached[state] {
					reached[state] = true
					queue = append(queue, state)
				}
			}
		}
		for _, state := range states.items {
			if !reached[state] {
				c.failCode(state, MissingTarget, `State "%s" is not reachable.`, state.key)
			}
		}
	}
	for _, state := range states.items {
		for _, inner := range innerScopes(state) {
			c.reachable(inner)
		}
	}
}
