package model

import (
	"encoding/json"
	"iter"
)

// EventType is what a stream's event tells.
type EventType string

// The types of event, in the order in which they come: one EventStart, then
// for each block an optional EventBlock, its pieces and EventBlockEnd (blocks
// may interleave, each has its Index), then one EventEnd, perhaps in several
// parts.
const (
	// EventStart opens the answer. Response holds what is known by then, the ID
	// and Model.
	EventStart EventType = "start"

	// EventBlock begins a block other than text; Block is what is known of it,
	// the ID and Name of a ToolUse for example. Text and reasoning may begin
	// with their first piece instead.
	EventBlock EventType = "block"

	// EventText is a piece of a text block, in Text.
	EventText EventType = "text"

	// EventReasoning is a piece of reasoning, in Text.
	EventReasoning EventType = "reasoning"

	// EventToolInput is a piece of the JSON that is a tool's input, in Text.
	EventToolInput EventType = "toolInput"

	// EventMore adds to a block what is no text: Block holds the part that is
	// new, such as the signature of a Reasoning, citations of a Text, bytes of
	// an Image or an Audio, contents of a ToolResult.
	EventMore EventType = "more"

	// EventBlockEnd says that a block is complete.
	EventBlockEnd EventType = "blockEnd"

	// EventEnd closes the answer. Response holds why it ended, usage and the
	// rest, but no content. A provider that learns them in two steps sends two.
	EventEnd EventType = "end"
)

// Event is a piece of an answer.
type Event struct {
	Type     EventType `json:"type"`
	Index    int       `json:"index,omitempty"`    // the block, from 0 in the order of the content; there may be gaps
	Text     string    `json:"text,omitempty"`     // with EventText, EventReasoning, EventToolInput
	Block    Content   `json:"block,omitempty"`    // with EventBlock, EventMore
	Response *Response `json:"response,omitempty"` // with EventStart, EventEnd
}

// eventWire is Event with a block that JSON can read.
type eventWire struct {
	Type     EventType       `json:"type"`
	Index    int             `json:"index,omitempty"`
	Text     string          `json:"text,omitempty"`
	Block    json.RawMessage `json:"block,omitempty"`
	Response *Response       `json:"response,omitempty"`
}

// MarshalJSON writes the event, its block as in [Contents].
func (e Event) MarshalJSON() ([]byte, error) {
	w := eventWire{Type: e.Type, Index: e.Index, Text: e.Text, Response: e.Response}
	if e.Block != nil {
		var err error
		if w.Block, err = marshalContent(e.Block); err != nil {
			return nil, err
		}
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads an event.
func (e *Event) UnmarshalJSON(data []byte) error {
	var w eventWire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*e = Event{Type: w.Type, Index: w.Index, Text: w.Text, Response: w.Response}
	if w.Block == nil {
		return nil
	}
	var err error
	e.Block, err = unmarshalContent(w.Block)
	return err
}

// Events gives a finished response as a stream, each block in one piece.
// [Collect] makes the response of it again. A nil response has no events.
func Events(resp *Response) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if resp == nil {
			return
		}
		if !yield(Event{Type: EventStart, Response: &Response{ID: resp.ID, Model: resp.Model}}, nil) {
			return
		}
		for i, block := range resp.Content {
			for _, ev := range blockEvents(i, block) {
				if !yield(ev, nil) {
					return
				}
			}
		}
		end := *resp
		end.Content = nil
		yield(Event{Type: EventEnd, Response: &end}, nil)
	}
}

// blockEvents are the events of one block; text, reasoning and tool input come
// in the way that a reader of streams expects, everything else whole.
func blockEvents(i int, block Content) []Event {
	end := Event{Type: EventBlockEnd, Index: i}
	switch b := block.(type) {
	case *Text:
		evs := []Event{{Type: EventText, Index: i, Text: b.Text}}
		if len(b.Citations) > 0 {
			evs = append(evs, Event{Type: EventMore, Index: i, Block: &Text{Citations: b.Citations}})
		}
		return append(evs, end)
	case *Reasoning:
		if b.Text == "" {
			break
		}
		rest := *b
		rest.Text = ""
		evs := []Event{{Type: EventReasoning, Index: i, Text: b.Text}}
		if b.Signature != "" || b.Redacted != nil || b.ID != "" || b.Summary != "" {
			evs = append(evs, Event{Type: EventMore, Index: i, Block: &rest})
		}
		return append(evs, end)
	case *ToolUse:
		begun := *b
		begun.Input, begun.Malformed = nil, ""
		input := b.Malformed
		if input == "" {
			input = string(b.Input)
		}
		return []Event{{Type: EventBlock, Index: i, Block: &begun}, {Type: EventToolInput, Index: i, Text: input}, end}
	default: // whole
	}
	return []Event{{Type: EventBlock, Index: i, Block: block}, end}
}
