package mock

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/model"
)

// Call is one call of a [Model].
type Call struct {
	Number   int            // from 1, in the order of arrival
	Caller   model.Caller   // the state that called, if there is one
	Request  *model.Request // what was asked; not to be changed
	Streamed bool           // by Stream
	At       time.Time

	Done     bool            // the call is over
	Response *model.Response // what was answered; nil if the call failed, is not over, or was left
	Err      error
	Left     bool // the reader left the stream before its end

	model string // the mock's name
}

// Asked is the text of the last user message.
func (c *Call) Asked() string {
	if c.Request == nil {
		return ""
	}
	for i := len(c.Request.Messages) - 1; i >= 0; i-- {
		if m := c.Request.Messages[i]; m.Role == model.User {
			return m.Text()
		}
	}
	return ""
}

// Prompt is the whole request as text: a paragraph for the instructions and
// one for each message, with the role before it. Tool calls and results are
// part of it, pictures and the like are named by their kind.
func (c *Call) Prompt() string {
	var b strings.Builder
	if c.Request == nil {
		return ""
	}
	if len(c.Request.System) > 0 {
		paragraph(&b, string(model.System), c.Request.System)
	}
	for _, m := range c.Request.Messages {
		paragraph(&b, string(m.Role), m.Content)
	}
	return b.String()
}

func paragraph(b *strings.Builder, role string, content model.Contents) {
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(role + ": ")
	for i, block := range content {
		if i > 0 {
			b.WriteByte('\n')
		}
		writeBlock(b, block)
	}
}

func writeBlock(b *strings.Builder, block model.Content) {
	switch block := block.(type) {
	case *model.Text:
		b.WriteString(block.Text)
	case *model.JSON:
		b.Write(block.Value)
	case *model.ToolUse:
		fmt.Fprintf(b, "[call %s %s%s]", block.Name, block.Input, block.Malformed)
	case *model.ToolResult:
		what := "result"
		if block.Error {
			what = "error"
		}
		fmt.Fprintf(b, "[%s of %s: ", what, block.ID)
		for i, inner := range block.Content {
			if i > 0 {
				b.WriteByte('\n')
			}
			writeBlock(b, inner)
		}
		b.WriteByte(']')
	case *model.Reasoning:
		fmt.Fprintf(b, "[reasoning %s]", block.Text)
	case *model.Refusal:
		b.WriteString(block.Text)
	case *model.Document:
		fmt.Fprintf(b, "[document %s %s%s]", block.Name, block.Text, strings.Join(block.Content, "\n"))
	case *model.SearchResult:
		fmt.Fprintf(b, "[search result %s: %s]", block.Title, strings.Join(block.Content, "\n"))
	case *model.Guard:
		b.WriteString(block.Text)
	case nil:
	default:
		fmt.Fprintf(b, "[%s]", block.Kind())
	}
}

// Calls is a list of calls.
type Calls []*Call

// Of gives the calls that all the matchers match.
func (c Calls) Of(matchers ...Matcher) Calls {
	var found Calls
	for _, call := range c {
		if matchAll(matchers, call) {
			found = append(found, call)
		}
	}
	return found
}

// Last gives the last call, nil if there is none.
func (c Calls) Last() *Call {
	if len(c) == 0 {
		return nil
	}
	return c[len(c)-1]
}

// Prompts gives the prompt of each call.
func (c Calls) Prompts() []string {
	prompts := make([]string, len(c))
	for i, call := range c {
		prompts[i] = call.Prompt()
	}
	return prompts
}
