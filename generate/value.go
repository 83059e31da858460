package generate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// reference writes a reference to what a path names.
func reference(text, typ string) string {
	if _, err := path.CompileTarget(text); err == nil {
		return fmt.Sprintf("flow.At[%s](%q)", typ, text)
	}
	if p, err := path.Compile(text); err == nil && p.Root() == path.Variable && text == "$"+p.Variable() {
		return fmt.Sprintf("flow.Var[%s](%q)", typ, p.Variable())
	}
	return fmt.Sprintf("flow.Expr[%s](%q)", typ, text)
}

// made writes a payload template.
func (s *scoping) made(st *states.State, v *states.Value) string {
	o, ok := v.V.(*document.Object)
	if !ok {
		s.wrong(v.Pos, st.Name, "its Parameters are no object")
		return ""
	}
	return "flow.Make[any](" + s.parts(o) + ")"
}

func (g *generator) parts(o *document.Object) string {
	var b strings.Builder
	b.WriteString("flow.Parts{")
	for key, v := range o.All() {
		b.WriteString("\n")
		name, dynamic := strings.CutSuffix(key, ".$")
		if text, ok := v.(string); ok && dynamic {
			fmt.Fprintf(&b, "%q: %s,", name, reference(text, "any"))
			continue
		}
		fmt.Fprintf(&b, "%q: %s,", key, g.part(v))
	}
	if o.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String() + "}"
}

// part writes what stands in a template.
func (g *generator) part(v any) string {
	switch v := v.(type) {
	case *document.Object:
		return g.parts(v)
	case []any:
		all := make([]string, len(v))
		for i, e := range v {
			all[i] = g.part(e)
		}
		return "[]any{" + strings.Join(all, ", ") + "}"
	}
	return g.literal(v)
}

// literal writes a JSON value in Go.
func (g *generator) literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return g.number(document.Text(v))
	case json.Number:
		return g.number(v.String())
	case []any:
		all := make([]string, len(v))
		for i, e := range v {
			all[i] = g.literal(e)
		}
		return "[]any{" + strings.Join(all, ", ") + "}"
	case *document.Object:
		var b strings.Builder
		b.WriteString("map[string]any{")
		for key, member := range v.All() {
			fmt.Fprintf(&b, "\n%q: %s,", key, g.literal(member))
		}
		if v.Len() > 0 {
			b.WriteString("\n")
		}
		return b.String() + "}"
	}
	return "nil"
}

// number writes a number that Go keeps as it is.
func (g *generator) number(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && document.Equal(f, json.Number(text)) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	g.numbers = true
	return fmt.Sprintf("json.Number(%q)", text)
}
