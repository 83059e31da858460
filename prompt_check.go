package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// lowering is what Build asks a node for that is more than its spec says.
type lowering struct {
	problems []problem
	reads    []*reference // from the effective input
	readsRaw []*reference // from the document
}

// lowering checks what only the finished node shows.
func (p *prompting) lowering(n *spec, what string) *lowering {
	low := &lowering{}
	wrong := func(cure, format string, args ...any) {
		low.problems = append(low.problems, problem{at: n.at, state: n.name, text: fmt.Sprintf(format, args...), cure: cure})
	}
	list, asks, err := p.sound()
	if err != nil {
		wrong("", "%v", err)
		return low
	}
	if !asks && len(list) == 0 && p.history == nil && len(p.attach) == 0 {
		wrong("say what is asked with Text", "%s that asks nothing", what)
	}
	used := map[string]bool{}
	for _, t := range list {
		for _, l := range t.Literals() {
			wrong(l.Cure(), "%s, in line %d of the template", l, l.Line)
		}
		for _, steps := range t.Paths() {
			if !p.bound(steps) {
				low.reads = append(low.reads, variableRef(n.at, steps))
			}
		}
		for _, name := range t.Variables() {
			used[name] = true
		}
	}
	for _, b := range p.with {
		low.readsRaw = append(low.readsRaw, b.ref)
		if steps, ok := template.ParsePath(b.name); !ok || len(steps) != 1 {
			wrong("", "With(%q): that is no name of a template variable", b.name)
		} else if !used[b.name] {
			wrong("", "With(%q): no template has a variable {{%s}}", b.name, b.name)
		}
	}
	low.readsRaw = append(low.readsRaw, p.attach...)
	if p.history != nil {
		low.readsRaw = append(low.readsRaw, p.history)
	}
	return low
}

// sound gives at Build all templates of the prompt, and whether it has a message
// beside them. A panic of the source is then a mistake like any other.
func (p *prompting) sound() (list []*template.Template, asks bool, err error) {
	what := "Templates"
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the prompt can't be read: its %s panics: %v", what, v)
		}
	}()
	system, text, err := p.templates()
	if err != nil {
		return nil, false, err
	}
	asks = len(p.request.Messages) > 0
	if p.source != nil {
		what = "Apply"
		list, asks = p.chat()
	}
	for _, t := range []*template.Template{system, text} {
		if t != nil {
			list = append(list, t)
		}
	}
	return list, asks, nil
}

// checkModel reports a model that can't be asked at all.
func (s *spec) checkModel(what string, m Model) {
	if m == nil {
		s.wrong("", "%s that is nil", what)
		return
	}
	if l, ok := model.Find[*limited](m); ok && l.problem != nil {
		s.wrong("", "%s: %v", what, l.problem)
	}
}

// setRequest has a function of the user's set what a request has.
func (s *spec) setRequest(r *model.Request, set func(*model.Request)) {
	if set == nil {
		s.wrong("", "Settings without a function")
		return
	}
	defer func() {
		if v := recover(); v != nil {
			s.wrong("", "the function of Settings panics: %v", v)
		}
	}()
	set(r)
}

func (p *prompting) bound(steps template.Path) bool {
	return len(steps) > 0 && slices.ContainsFunc(p.with, func(b binding) bool { return !steps[0].IsIndex && b.name == steps[0].Key })
}

// variableRef is a variable of a template as a reference.
func variableRef(at place, steps template.Path) *reference {
	var b strings.Builder
	b.WriteByte('$')
	for _, s := range steps {
		switch {
		case s.IsIndex:
			fmt.Fprintf(&b, "[%d]", s.Index)
		case path.ValidName(s.Key):
			b.WriteString("." + s.Key)
		default:
			b.WriteString("['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s.Key) + "']")
		}
	}
	return makeRef(at, fromDocument, "", b.String(), nil)
}
