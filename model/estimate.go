package model

// bytesPerToken is a rule of thumb for English text.
const bytesPerToken = 4

// EstimateTokens estimates the input tokens of a request without asking
// anybody: one for every four bytes of text, tool calls and tool definitions,
// rounded up. Pictures and other media count as nothing, and text in other
// scripts than Latin has more tokens than that: it is good for sharing out a
// quota, not for a bill. See [CountTokens].
func EstimateTokens(req *Request) int {
	bytes := req.System.size()
	for _, m := range req.Messages {
		bytes += m.Content.size()
	}
	for _, t := range req.Tools {
		bytes += len(t.Name) + len(t.Description) + len(t.Schema)
	}
	if req.Output != nil {
		bytes += len(req.Output.Schema)
	}
	return (bytes + bytesPerToken - 1) / bytesPerToken
}

// EstimateTokens is [EstimateTokens] of blocks.
func (c Contents) EstimateTokens() int { return (c.size() + bytesPerToken - 1) / bytesPerToken }

// size counts the bytes of text in blocks.
func (c Contents) size() int {
	n := 0
	for _, block := range c {
		switch b := block.(type) {
		case *Text:
			n += len(b.Text)
		case *JSON:
			n += len(b.Value)
		case *ToolUse:
			n += len(b.Name) + len(b.Input) + len(b.Malformed)
		case *ToolResult:
			n += b.Content.size()
		case *Reasoning:
			n += len(b.Text)
		case *Refusal:
			n += len(b.Text)
		case *Document:
			n += len(b.Text) + total(b.Content)
		case *SearchResult:
			n += total(b.Content)
		case *Guard:
			n += len(b.Text)
		default: // no text
		}
	}
	return n
}

func total(texts []string) int {
	n := 0
	for _, t := range texts {
		n += len(t)
	}
	return n
}
