package mock

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// Matcher tells the calls that a script is for. It is a pure function of the
// call, whose outcome is not known yet.
type Matcher interface {
	Match(c *Call) bool
	String() string // as it is written in Go, for messages
}

type matcher struct {
	text  string
	match func(*Call) bool
}

func (m matcher) Match(c *Call) bool { return m.match(c) }
func (m matcher) String() string     { return m.text }

// Where matches by any function; text is how messages speak of it. Without a
// function it matches nothing, and every report says so.
func Where(text string, match func(c *Call) bool) Matcher {
	if match == nil {
		return nothing(fmt.Sprintf("Where(%q, nil)", text))
	}
	return matcher{fmt.Sprintf("Where(%q)", text), match}
}

// Node matches calls of the state with this name.
func Node(name string) Matcher {
	return matcher{fmt.Sprintf("Node(%q)", name), func(c *Call) bool { return c.Caller.State == name }}
}

// Attempt matches calls of a state's nth attempt, the first being 1. Each visit of
// the state begins anew, and asking again for an answer that does not fit is one.
func Attempt(n int) Matcher {
	return matcher{fmt.Sprintf("Attempt(%d)", n), func(c *Call) bool { return c.Caller.Attempt == n }}
}

// ModelIs matches requests for the model with this id.
func ModelIs(id string) Matcher {
	return matcher{fmt.Sprintf("ModelIs(%q)", id), func(c *Call) bool { return c.Request.Model == id }}
}

// PromptHas matches requests with all of these texts anywhere in them, see
// [Call.Prompt].
func PromptHas(texts ...string) Matcher { return has("PromptHas", (*Call).Prompt, texts) }

// AskedHas matches requests with all of these texts in the last user message,
// see [Call.Asked].
func AskedHas(texts ...string) Matcher { return has("AskedHas", (*Call).Asked, texts) }

// SystemHas matches requests with all of these texts in the instructions.
func SystemHas(texts ...string) Matcher {
	return has("SystemHas", func(c *Call) string { return c.Request.System.Text() }, texts)
}

func has(name string, of func(*Call) string, texts []string) Matcher {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = fmt.Sprintf("%q", t)
	}
	return matcher{name + "(" + strings.Join(quoted, ", ") + ")", func(c *Call) bool {
		text := of(c)
		for _, t := range texts {
			if !strings.Contains(text, t) {
				return false
			}
		}
		return true
	}}
}

// PromptLike matches requests whose [Call.Prompt] the regular expression
// (package regexp) matches. An expression with an error matches nothing and is
// named in every report.
func PromptLike(expr string) Matcher {
	re, err := regexp.Compile(expr)
	if err != nil {
		return matcher{fmt.Sprintf("PromptLike(%q, which is no regular expression: %v)", expr, err), func(*Call) bool { return false }}
	}
	return matcher{fmt.Sprintf("PromptLike(%q)", expr), func(c *Call) bool { return re.MatchString(c.Prompt()) }}
}

// OffersTool matches requests that offer a tool of this name.
func OffersTool(name string) Matcher {
	return matcher{fmt.Sprintf("OffersTool(%q)", name), func(c *Call) bool {
		return slices.ContainsFunc(c.Request.Tools, func(t model.Tool) bool { return t.Name == name })
	}}
}

// ToolResult matches requests whose last message answers a call of the tool of
// this name, with all of these texts in the answer.
func ToolResult(name string, texts ...string) Matcher {
	quoted := []string{strconv.Quote(name)}
	for _, t := range texts {
		quoted = append(quoted, strconv.Quote(t))
	}
	return matcher{"ToolResult(" + strings.Join(quoted, ", ") + ")", func(c *Call) bool {
		results, names := lastResults(c.Request)
		for i, r := range results {
			var b strings.Builder
			writeBlock(&b, r)
			if names[i] == name && !slices.ContainsFunc(texts, func(t string) bool { return !strings.Contains(b.String(), t) }) {
				return true
			}
		}
		return false
	}}
}

// lastResults gives the tool results of the last message, with the names of
// their tools.
func lastResults(req *model.Request) (results []*model.ToolResult, names []string) {
	if len(req.Messages) == 0 {
		return nil, nil
	}
	called := map[string]string{}
	for _, m := range req.Messages {
		for _, block := range m.Content {
			if u, ok := block.(*model.ToolUse); ok {
				called[u.ID] = u.Name
			}
		}
	}
	for _, block := range req.Messages[len(req.Messages)-1].Content {
		r, ok := block.(*model.ToolResult)
		if !ok {
			continue
		}
		name := r.Name
		if name == "" {
			name = called[r.ID]
		}
		results, names = append(results, r), append(names, name)
	}
	return results, names
}

// nothing is a matcher that was written without what it is to go by.
func nothing(text string) Matcher {
	return matcher{text + " (which matches nothing)", func(*Call) bool { return false }}
}

// Not matches what the matcher does not; Not(nil) matches nothing.
func Not(m Matcher) Matcher {
	if m == nil {
		return nothing("Not(nil)")
	}
	return matcher{fmt.Sprintf("Not(%s)", m), func(c *Call) bool { return !m.Match(c) }}
}

// Any matches what one of the matchers does; one that is nil does not.
func Any(matchers ...Matcher) Matcher {
	return matcher{"Any(" + list(matchers) + ")", func(c *Call) bool {
		return slices.ContainsFunc(matchers, func(m Matcher) bool { return m != nil && m.Match(c) })
	}}
}

func matchAll(matchers []Matcher, c *Call) bool {
	for _, m := range matchers {
		if m == nil || !m.Match(c) {
			return false
		}
	}
	return true
}

func list(matchers []Matcher) string {
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		if texts[i] = "nil"; m != nil {
			texts[i] = m.String()
		}
	}
	return strings.Join(texts, ", ")
}
