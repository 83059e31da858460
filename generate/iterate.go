package generate

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

func (s *scoping) iterate(st *states.State) string {
	if st.Processor.Distributed() || st.ItemReader != nil || st.ItemBatcher != nil || st.ResultWriter != nil {
		s.wrong(st.Pos, st.Name, "a distributed Map")
		return ""
	}
	inner := s.generator.scope(&st.Processor.Scope, s.path+st.Name+"/")
	var b strings.Builder
	fmt.Fprintf(&b, "flow.Map[any](%q, %s, %s)", st.Name, s.items(st), inner.list())
	if n, ok := st.MaxConcurrency.Int(); ok && n > 0 {
		fmt.Fprintf(&b, ".Concurrency(%d)", n)
	}
	b.WriteString(s.selector(st) + s.retries(st) + s.catches(st) + s.assign(st) + s.into(st, "[]any"))
	return b.String()
}

// items writes what a Map goes over: InputPath and ItemsPath in one.
func (s *scoping) items(st *states.State) string {
	text := "$"
	if outer, ok := st.InputPath.Text(); ok {
		text = outer
	}
	if inner, ok := st.ItemsPath.Text(); ok {
		switch {
		case text == "$":
			text = inner
		case strings.HasPrefix(inner, "$$") || !relative(inner) || !relative(text):
			s.wrong(st.ItemsPath.Pos, st.Name, "its InputPath and ItemsPath are not one path")
		default:
			text += inner[1:]
		}
	}
	if st.ItemTemplate() != nil && st.InputPath != nil && text != "$" {
		if outer, _ := st.InputPath.Text(); outer != "$" {
			s.wrong(st.InputPath.Pos, st.Name, "its items are made of what its InputPath gives")
		}
	}
	if _, err := path.CompileReference(text); err != nil {
		s.wrong(st.Pos, st.Name, "it goes over %s, which is more than one place", text)
	}
	return reference(text, "[]any")
}

func relative(text string) bool {
	_, err := path.CompileTarget(text)
	return err == nil
}

// selector writes what an item is made of: the item in one place, and values of
// the document in the places that they have there.
func (s *scoping) selector(st *states.State) string {
	template := st.ItemTemplate()
	if template == nil {
		return ""
	}
	o, _ := template.V.(*document.Object)
	item := ""
	var carried []string
	for key, v := range o.All() {
		name, dynamic := strings.CutSuffix(key, ".$")
		place := "$." + name
		_, err := path.CompileTarget(place)
		switch text, ok := v.(string); {
		case ok && dynamic && text == "$$.Map.Item.Value" && item == "" && err == nil:
			item = fmt.Sprintf(".Item(flow.At[any](%q))", place)
		case ok && dynamic && text == place && err == nil:
			carried = append(carried, fmt.Sprintf("flow.At[any](%q)", place))
		default:
			s.wrong(template.Pos, st.Name, "%s of its items is neither the item nor carried from the same place", name)
		}
	}
	if item == "" {
		s.wrong(template.Pos, st.Name, "its items are made without the item")
	}
	if len(carried) > 0 {
		item += ".Carry(" + strings.Join(carried, ", ") + ")"
	}
	return item
}
