package generate

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/states"
)

// nodes are the arguments of Then, each with a comment.
type nodes []node

type node struct{ comment, source string }

// list writes nodes as arguments that are one a line.
func (ns nodes) list() string {
	var b strings.Builder
	for _, n := range ns {
		b.WriteString("\n")
		if n.comment != "" {
			b.WriteString(comment(n.comment))
		}
		b.WriteString(n.source + ",")
	}
	if len(ns) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// scoping writes one scope. The builder lists nodes, of which each leads to the
// next; so a chain of states is a list, ways that leave it stand inside it, and
// what stands elsewhere is gone to.
type scoping struct {
	*generator
	scope   *states.Scope
	path    string // in front of the names
	written map[string]bool
	coming  map[string]bool // states that the list around will have
}

func (g *generator) scope(s *states.Scope, path string) nodes {
	sc := &scoping{generator: g, scope: s, path: path, written: map[string]bool{}, coming: map[string]bool{}}
	return sc.sequence(s.StartAt, "", false)
}

// sequence writes the states from one on. They are followed by after, or by
// the end of the scope; elsewhere tells that it is not by falling off the list that
// one gets to the end.
func (s *scoping) sequence(start, after string, elsewhere bool) nodes {
	var out nodes
	for name := start; ; {
		if name == after && name != "" {
			return out
		}
		if s.written[name] || s.coming[name] {
			return append(out, node{source: fmt.Sprintf("flow.Goto(%q)", name)})
		}
		st := s.scope.State(name)
		s.written[name] = true
		next := st.Next
		if st.Type == states.Choice {
			next = st.Default
		}
		ahead := s.announce(next)
		source := s.state(st, next)
		for _, a := range ahead {
			delete(s.coming, a)
		}
		out = append(out, node{comment: st.Comment, source: source})
		switch {
		case st.Type == states.Succeed || st.Type == states.Fail:
			return out
		case next == "":
			if after != "" || elsewhere {
				out = append(out, node{source: "flow.End()"})
			}
			return out
		}
		name = next
	}
}

// announce tells that the states from one on will be written by the list under
// way, so that ways that leave it go to them. It gives those that are new.
func (s *scoping) announce(name string) (ahead []string) {
	for name != "" && !s.written[name] && !s.coming[name] {
		s.coming[name] = true
		ahead = append(ahead, name)
		st := s.scope.State(name)
		name = st.Next
		if st.Type == states.Choice {
			name = st.Default
		}
	}
	return ahead
}
