package flow

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/draw"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// Drawing is a picture of a flow. See [Draw].
type Drawing struct{ graph *draw.Graph }

// Draw makes a picture of a flow: plain, or with the events of an execution
// coloured by it. Then what was done is green, what succeeded only after a
// retry yellow, what failed and was caught orange, what failed red, and what had
// begun and not ended blue; the way that was taken is drawn thick. Events of
// several executions may be given together: a state has the worst of its
// colours. Events of another flow change nothing.
//
// A Map and a Parallel are frames around what runs in them. Arrows of catchers
// are dashed.
func Draw(d Definition, events ...Event) *Drawing {
	var def *definition
	if d != nil && !reflect.ValueOf(d).IsNil() {
		def = d.definition()
	}
	if def == nil || def.machine == nil {
		return &Drawing{&draw.Graph{}}
	}
	p := painter{def: def, trace: traceOf(def.machine, events), written: writtenStates(def)}
	g := p.scope(def.machine.Root, true)
	g.Title = def.name
	return &Drawing{g}
}

// Mermaid gives the picture as a Mermaid flowchart, which GitHub shows in a
// Markdown block of the language mermaid.
func (d *Drawing) Mermaid() string { return d.text(draw.Mermaid) }

// DOT gives the picture in the language of Graphviz.
func (d *Drawing) DOT() string { return d.text(draw.DOT) }

// SVG gives the picture as an image that a browser shows, without scripts and
// without anything from outside.
func (d *Drawing) SVG() string { return d.text(draw.SVG) }

func (d *Drawing) text(write func(w io.Writer, g *draw.Graph) error) string {
	var b strings.Builder
	g := d.graph
	if g == nil {
		g = &draw.Graph{} // of the zero Drawing
	}
	_ = write(&b, g) // a Builder never fails
	return b.String()
}

// painter draws the scopes of a flow.
type painter struct {
	def     *definition
	trace   *trace                           // nil: a plain picture
	written map[*machine.State]*states.State // of a parsed flow
}

// scope draws one scope, with round ends if it is the whole flow. The state that
// it begins with comes first.
func (p *painter) scope(s *machine.Scope, ends bool) *draw.Graph {
	g := &draw.Graph{}
	at := make([]int, len(s.States))
	if ends {
		g.Nodes = append(g.Nodes, draw.Node{Shape: draw.Begin, Label: "Start", Mark: p.mark(nil)})
	}
	add := func(st *machine.State) {
		at[st.Index] = len(g.Nodes)
		g.Nodes = append(g.Nodes, p.state(st))
	}
	add(s.States[s.Start])
	for _, st := range s.States {
		if st.Index != s.Start {
			add(st)
		}
	}
	end := -1
	if ends {
		end = len(g.Nodes)
		g.Nodes = append(g.Nodes, draw.Node{Shape: draw.End, Label: "End"})
		g.Edges = append(g.Edges, draw.Edge{From: 0, To: at[s.Start], Taken: p.trace != nil && p.trace.began(s)})
	}
	for _, st := range s.States {
		taken := p.trace.ways(st)
		for _, w := range p.ways(st) {
			edge := draw.Edge{From: at[st.Index], To: end, Label: w.label, Catch: w.catch}
			if w.to != machine.End {
				edge.To = at[w.to]
			}
			key := way{w.to, w.catch}
			edge.Taken = taken[key]
			delete(taken, key) // of several alike, the first
			if edge.To < 0 {
				continue // a branch just ends
			}
			if edge.Taken && edge.To == end {
				g.Nodes[end].Mark = draw.Done
			}
			g.Edges = append(g.Edges, edge)
		}
	}
	return g
}

// spec is the node that a state was made of; nil for none.
func (p *painter) spec(st *machine.State) *spec {
	if l := p.def.lowered[st]; l != nil {
		return l.spec
	}
	return nil
}

// exit is one way out of a state.
type exit struct {
	to    int32
	label string
	catch bool
}

func (p *painter) ways(st *machine.State) []exit {
	var ways []exit
	s := p.spec(st)
	switch st.Kind {
	case machine.Choice:
		for i := range st.Rules {
			e := exit{to: st.Rules[i].Next}
			if s != nil && i < len(s.rules) {
				e.label = s.rules[i].when.export.String()
			}
			if w := p.written[st]; w != nil && i < len(w.Choices) {
				e.label = ruleText(w.Choices[i])
			}
			ways = append(ways, e)
		}
		if st.Else != nil {
			ways = append(ways, exit{to: st.Else.Next, label: "otherwise"})
		}
	case machine.Fail:
	case machine.Succeed:
		ways = append(ways, exit{to: machine.End})
	default:
		ways = append(ways, exit{to: st.Next})
	}
	for i := range st.Catch {
		e := exit{to: st.Catch[i].Next, catch: true, label: "error"}
		if s != nil && i < len(s.catches) {
			e.label = s.catches[i].on.String()
		}
		if w := p.written[st]; w != nil && i < len(w.Catch) {
			e.label = strings.Join(w.Catch[i].ErrorEquals, ", ")
		}
		ways = append(ways, e)
	}
	return ways
}

var shapes = map[machine.Kind]draw.Shape{
	machine.Choice: draw.Diamond, machine.Wait: draw.Clock, machine.Succeed: draw.Good, machine.Fail: draw.Bad,
}

func (p *painter) state(st *machine.State) draw.Node {
	n := draw.Node{Shape: shapes[st.Kind], Label: st.Name, Detail: p.detail(st), Mark: p.mark(st)}
	if st.Work != nil && st.Work.Scope != nil {
		n.Shape = draw.Group
		n.Children = append(n.Children, *p.scope(st.Work.Scope, false))
	}
	if st.Fork == nil {
		return n
	}
	n.Shape = draw.Group
	for _, branch := range st.Fork.Branches {
		child := p.scope(branch, false)
		if len(st.Fork.Branches) > 1 && (len(branch.States) > 1 || branch.States[0].Name != branch.Label) {
			child.Title = branch.Label
		}
		n.Children = append(n.Children, *child)
	}
	return n
}

// detail is the smaller line of a state.
func (p *painter) detail(st *machine.State) string {
	detail := st.Kind.String()
	if w := p.written[st]; w != nil {
		detail = detailOf(w)
	}
	if s := p.spec(st); s != nil {
		drawn, named := s.callee.(interface{ drawnAs() string })
		switch {
		case named:
			detail = drawn.drawnAs()
		case s.call != nil:
			detail = "flow " + s.call.name
			if s.opening != nil && s.tool == nil {
				detail = "Agent"
			}
		case s.stream != nil:
			detail = "Stream"
		case s.kind == machine.Fail:
			detail = s.errName
		case s.wait != nil && s.wait.ref != nil:
			detail = "Wait " + s.wait.ref.String()
		case s.wait != nil && s.wait.d > 0:
			detail = "Wait " + s.wait.d.String()
		case s.wait != nil && !s.wait.until.IsZero():
			detail = "Wait until " + s.wait.until.Format(time.RFC3339)
		}
	}
	if st.Kind == machine.Choice || st.Kind == machine.Succeed {
		detail = ""
	}
	if p.trace == nil || p.trace.states[st] == nil {
		return detail
	}
	for _, more := range []struct {
		n    int
		what string
	}{{p.trace.states[st].visits, " visits"}, {p.trace.states[st].retries, " retries"}} {
		if what := more.what; more.n > 1 || more.n == 1 && what == " retries" {
			if more.n == 1 {
				what = " retry"
			}
			detail = strings.TrimPrefix(detail+" · "+strconv.Itoa(more.n)+what, " · ")
		}
	}
	return detail
}

func (*promptCall[Out]) drawnAs() string { return "Prompt" }
func (*asking[In, Out]) drawnAs() string { return "Callback" }

func (p *painter) mark(st *machine.State) draw.Mark {
	switch {
	case p.trace == nil:
		return draw.None
	case st == nil:
		return draw.Done
	}
	return p.trace.mark(st)
}

// String says a condition or assignment for people.
func (e exported) String() string {
	operand := func(i int) string {
		if i >= len(e.refs) || e.refs[i] == nil {
			return "?"
		}
		return strings.TrimPrefix(e.refs[i].String(), "$.")
	}
	switch e.op {
	case "And", "Or":
		parts := make([]string, len(e.parts))
		for i, part := range e.parts {
			if parts[i] = part.String(); len(part.parts) > 1 {
				parts[i] = "(" + parts[i] + ")"
			}
		}
		return strings.Join(parts, " "+strings.ToLower(e.op)+" ")
	case "Not":
		if len(e.parts) == 1 {
			return "not (" + e.parts[0].String() + ")"
		}
	case "Test":
		return "a function of " + operand(0)
	}
	if sign, ok := signs[e.op]; ok {
		switch v := e.value.(type) {
		case nil:
			return operand(0) + sign + operand(1)
		case string:
			return operand(0) + sign + strconv.Quote(v)
		case time.Time:
			return operand(0) + sign + v.Format(time.RFC3339)
		case bool:
			if v && e.op == "Equals" {
				return operand(0)
			}
			return operand(0) + sign + strconv.FormatBool(v)
		default:
			return operand(0) + sign + fmt.Sprint(v)
		}
	}
	if word, found := strings.CutPrefix(e.op, "Is"); found {
		return operand(0) + " is " + strings.ToLower(word)
	}
	return e.op
}

// signs are the operators that people write otherwise.
var signs = map[string]string{
	"Equals": " = ", "NotEquals": " ≠ ", "LessThan": " < ", "LessThanEquals": " ≤ ", "GreaterThan": " > ", "GreaterThanEquals": " ≥ ",
	"StringMatches": " like ",
}

// String lists what is matched.
func (m *matcher) String() string {
	names := append([]string(nil), m.names...)
	for _, err := range m.errs {
		names = append(names, err.Error())
	}
	return strings.Join(names, ", ")
}
