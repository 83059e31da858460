package flow

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// How references and values are spelled in the two query languages.

func number(n int64) *states.Value { return states.Of(document.Int(n)) }

// expression is a field that is a JSONata expression.
func expression(source string) *states.Value { return states.Of("{% " + source + " %}") }

// pathOf spells a reference as a path. That of a result is the path in it.
func (v renaming) pathOf(r *reference) string {
	if r.source == fromVariable {
		return "$" + v.of(r.name) + strings.TrimPrefix(r.path.String(), "$")
	}
	return r.path.String()
}

// bare spells the reading of a reference in JSONata, without what stands in for
// a missing value.
func (v renaming) bare(r *reference) (string, error) {
	if r.making != nil {
		return v.made(r)
	}
	steps, _ := r.path.Steps()
	root := "$states.input"
	if v.root != "" {
		root = v.root
	}
	switch r.source {
	case fromVariable:
		root = "$" + v.of(r.name)
	case fromResult:
		root = "$states.result"
	}
	return root + below(steps), nil
}

// read spells the reading of a reference in JSONata.
func (v renaming) read(r *reference) (string, error) {
	out, err := v.bare(r)
	if err != nil || !r.hasOr {
		return out, err
	}
	or, err := literal(r.or)
	return fmt.Sprintf("($exists(%s) ? %s : %s)", out, out, or), err
}

// below spells steps in JSONata.
func below(steps []path.Step) string {
	var b strings.Builder
	for _, s := range steps {
		if s.IsIndex {
			fmt.Fprintf(&b, "[%d]", s.Index)
		} else {
			b.WriteString("." + quotedName(s.Name))
		}
	}
	return b.String()
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// quotedName spells the name of a member in JSONata.
func quotedName(name string) string {
	switch name {
	case "and", "or", "in", "true", "false", "null", "function":
		return "`" + name + "`"
	}
	if plainName.MatchString(name) {
		return name
	}
	if strings.Contains(name, "`") {
		return fmt.Sprintf("$lookup($, %s)", document.AppendString(nil, name))
	}
	return "`" + name + "`"
}

// written spells, in JSONata, the document at base with value in a place.
func written(base string, steps []path.Step, value string) string {
	if len(steps) == 0 {
		return value
	}
	s, rest := steps[0], steps[1:]
	if s.IsIndex {
		return fmt.Sprintf("[$map(%s, function($v, $i) { $i = %d ? %s : $v })]", base, s.Index, written("$v", rest, value))
	}
	return fmt.Sprintf("$merge([%s, {%s: %s}])", base, document.AppendString(nil, s.Name), written(base+below(steps[:1]), rest, value))
}

// literal spells a value in JSONata: as its JSON.
func literal(v any) (string, error) {
	text, err := document.Encode(v)
	return string(text), err
}

// constant is a value as a field takes it that may hold paths or expressions:
// ok is false where JSONPath would take part of it for one.
func constantValue(v any, jsonata bool) (value any, ok bool, err error) {
	plain, err := document.Canonical(v)
	if err != nil {
		return nil, false, err
	}
	switch dynamic := looksDynamic(plain, jsonata); {
	case !dynamic:
		return plain, true, nil
	case !jsonata:
		return nil, false, nil
	}
	text, err := literal(plain)
	return "{% " + text + " %}", true, err
}

// looksDynamic tells whether part of a value would be evaluated.
func looksDynamic(v any, jsonata bool) bool {
	switch v := v.(type) {
	case string:
		return jsonata && strings.HasPrefix(v, "{%")
	case []any:
		for _, e := range v {
			if looksDynamic(e, jsonata) {
				return true
			}
		}
	case *document.Object:
		for key, e := range v.All() {
			if !jsonata && strings.HasSuffix(key, ".$") || looksDynamic(e, jsonata) {
				return true
			}
		}
	}
	return false
}
