package model

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Collect reads a stream to its end and gives the response that Generate would
// have given. It stops at the first error, of the stream or of its form: an
// event that does not fit those before it, an end without EventEnd
// (Model.Stream).
func Collect(events iter.Seq2[Event, error]) (*Response, error) {
	var c Collector
	for ev, err := range events {
		if err != nil {
			return nil, err
		}
		c.Add(ev)
		if c.err != nil {
			break
		}
	}
	return c.Response()
}

// Collector folds events into a response, one at a time. The zero value is
// ready. It keeps no event and changes none. Not safe for concurrent use.
type Collector struct {
	resp   Response
	blocks []*partial // by index
	ended  bool
	err    error
}

// partial is a block that is being collected: its content without the text
// that still grows.
type partial struct {
	index int
	block Content
	text  []byte
	done  bool
}

// Add takes the next event. What is wrong with one shows in Response.
func (c *Collector) Add(ev Event) {
	if c.err == nil {
		c.err = c.add(ev)
	}
}

// Response gives what was collected. It is an error if the stream has not come
// to its end, or was not one. Call it once, after the last event.
func (c *Collector) Response() (*Response, error) {
	if c.err != nil {
		return nil, NewError(ErrStream.Name, c.err.Error(), nil)
	}
	if !c.ended {
		return nil, NewError(ErrStream.Name, "the stream ended before the answer did", nil)
	}
	resp := c.resp
	for _, p := range c.blocks {
		resp.Content = append(resp.Content, p.finish())
	}
	return &resp, nil
}

func (c *Collector) add(ev Event) error {
	switch ev.Type {
	case EventStart, EventEnd:
		if ev.Type == EventStart && (len(c.blocks) > 0 || c.ended) {
			return fmt.Errorf("event %q in the middle of an answer", ev.Type)
		}
		c.ended = c.ended || ev.Type == EventEnd
		return c.merge(ev.Response)
	}
	if c.ended {
		return fmt.Errorf("event %q behind the end of the answer", ev.Type)
	}
	p := c.find(ev.Index)
	if p != nil && p.done {
		return fmt.Errorf("event %q for block %d, which is complete", ev.Type, ev.Index)
	}
	switch ev.Type {
	case EventBlock:
		if p != nil {
			return fmt.Errorf("block %d begins twice", ev.Index)
		}
		return c.begin(ev.Index, ev.Block)
	case EventText, EventReasoning:
		if p == nil {
			p = c.insert(ev.Index)
			p.block = &Text{}
			if ev.Type == EventReasoning {
				p.block = &Reasoning{}
			}
		}
		if !takesText(ev.Type, p.block) {
			return fmt.Errorf("event %q for a block that is %s", ev.Type, p.block.Kind())
		}
		p.text = append(p.text, ev.Text...)
	case EventToolInput:
		if p == nil {
			return fmt.Errorf("tool input for block %d, which has not begun", ev.Index)
		}
		if _, ok := p.block.(*ToolUse); !ok {
			return fmt.Errorf("tool input for a block that is %s", p.block.Kind())
		}
		p.text = append(p.text, ev.Text...)
	case EventMore:
		if p == nil {
			return c.begin(ev.Index, ev.Block)
		}
		return p.more(ev.Block)
	case EventBlockEnd:
		if p == nil {
			return fmt.Errorf("block %d ends but has not begun", ev.Index)
		}
		p.done = true
	default:
		return fmt.Errorf("unknown event %q", ev.Type)
	}
	return nil
}

func takesText(t EventType, block Content) bool {
	switch block.(type) {
	case *Reasoning:
		return t == EventReasoning
	case *Text, *Refusal, *Audio:
		return t == EventText
	default:
		return false
	}
}

func (c *Collector) find(index int) *partial {
	if n := len(c.blocks); n > 0 && c.blocks[n-1].index == index {
		return c.blocks[n-1] // nearly always
	}
	for _, p := range c.blocks {
		if p.index == index {
			return p
		}
	}
	return nil
}

func (c *Collector) insert(index int) *partial {
	at, _ := slices.BinarySearchFunc(c.blocks, index, func(p *partial, i int) int { return cmp.Compare(p.index, i) })
	p := &partial{index: index}
	c.blocks = slices.Insert(c.blocks, at, p)
	return p
}

// begin takes a block as far as it is known, its growing text apart from it.
func (c *Collector) begin(index int, block Content) error {
	copied, text, err := open(block)
	if err != nil {
		return err
	}
	p := c.insert(index)
	p.block, p.text = copied, []byte(text)
	return nil
}

// open copies a block so that it can be added to, and takes out the text that
// grows.
func open(block Content) (copied Content, text string, err error) {
	switch b := block.(type) {
	case *Text:
		t := *b
		t.Citations, t.Text = slices.Clone(b.Citations), ""
		return &t, b.Text, nil
	case *Refusal:
		return &Refusal{}, b.Text, nil
	case *Reasoning:
		t := *b
		t.Redacted, t.Text = slices.Clone(b.Redacted), ""
		return &t, b.Text, nil
	case *ToolUse:
		t := *b
		t.Input, t.Malformed = nil, ""
		if b.Malformed != "" {
			return &t, b.Malformed, nil
		}
		return &t, string(b.Input), nil
	case *ToolResult:
		t := *b
		t.Content = slices.Clone(b.Content)
		return &t, "", nil
	case *Image:
		t := *b
		t.Source.Bytes = slices.Clone(b.Source.Bytes)
		return &t, "", nil
	case *Audio:
		t := *b
		t.Source.Bytes, t.Transcript = slices.Clone(b.Source.Bytes), ""
		return &t, b.Transcript, nil
	case nil:
		return nil, "", errors.New("event without its block")
	default:
		return block, "", nil
	}
}

// more adds a part to the block.
func (p *partial) more(part Content) error {
	added, text, err := open(part)
	if err != nil {
		return err
	}
	if added.Kind() != p.block.Kind() {
		return fmt.Errorf("a part that is %s for a block that is %s", added.Kind(), p.block.Kind())
	}
	switch b := p.block.(type) {
	case *Text:
		if a, ok := added.(*Text); ok {
			b.Citations = append(b.Citations, a.Citations...)
		}
	case *Refusal:
	case *Reasoning:
		if a, ok := added.(*Reasoning); ok {
			b.add(a)
		}
	case *ToolUse:
		if a, ok := added.(*ToolUse); ok {
			b.ID, b.Name, b.Server = cmp.Or(a.ID, b.ID), cmp.Or(a.Name, b.Name), a.Server || b.Server
		}
	case *ToolResult:
		if a, ok := added.(*ToolResult); ok {
			b.add(a)
		}
	case *Image:
		if a, ok := added.(*Image); ok {
			b.Source.add(a.Source)
			b.Format, b.Error, b.Detail = cmp.Or(a.Format, b.Format), cmp.Or(a.Error, b.Error), cmp.Or(a.Detail, b.Detail)
		}
	case *Audio:
		if a, ok := added.(*Audio); ok {
			b.Source.add(a.Source)
			b.Format, b.Error, b.ID = cmp.Or(a.Format, b.Format), cmp.Or(a.Error, b.Error), cmp.Or(a.ID, b.ID)
		}
	default:
		return fmt.Errorf("a block that is %s does not come in parts", p.block.Kind())
	}
	p.text = append(p.text, text...)
	return nil
}

func (r *Reasoning) add(more *Reasoning) {
	r.Signature += more.Signature
	r.Summary += more.Summary
	r.Redacted = append(r.Redacted, more.Redacted...)
	r.ID = cmp.Or(more.ID, r.ID)
}

func (r *ToolResult) add(more *ToolResult) {
	r.Content = append(r.Content, more.Content...)
	r.ID, r.Name, r.Server = cmp.Or(more.ID, r.ID), cmp.Or(more.Name, r.Name), cmp.Or(more.Server, r.Server)
	r.Error = more.Error || r.Error
}

func (s *Source) add(more Source) {
	s.Bytes = append(s.Bytes, more.Bytes...)
	s.URL, s.S3Owner = cmp.Or(more.URL, s.URL), cmp.Or(more.S3Owner, s.S3Owner)
	s.FileID, s.MIMEType = cmp.Or(more.FileID, s.FileID), cmp.Or(more.MIMEType, s.MIMEType)
}

func (p *partial) finish() Content {
	text := string(p.text)
	switch b := p.block.(type) {
	case *Text:
		b.Text = text
	case *Refusal:
		b.Text = text
	case *Reasoning:
		b.Text = text
	case *Audio:
		b.Transcript = text
	case *ToolUse:
		b.setInput(text)
	default: // has no text that grows
	}
	return p.block
}

// merge takes what a part of the response's frame says.
func (c *Collector) merge(part *Response) error {
	if part == nil {
		return nil
	}
	if len(part.Content) > 0 {
		return errors.New("the response of an event holds content")
	}
	r := &c.resp
	r.ID, r.Model = cmp.Or(part.ID, r.ID), cmp.Or(part.Model, r.Model)
	r.Stop, r.StopSequence = cmp.Or(part.Stop, r.Stop), cmp.Or(part.StopSequence, r.StopSequence)
	r.Usage, r.Latency = cmp.Or(part.Usage, r.Usage), cmp.Or(part.Latency, r.Latency)
	r.ServiceTier, r.LatencyMode = cmp.Or(part.ServiceTier, r.ServiceTier), cmp.Or(part.LatencyMode, r.LatencyMode)
	if part.GuardrailTrace != nil {
		r.GuardrailTrace = part.GuardrailTrace
	}
	if len(part.Extra) > 0 {
		r.Extra = maps.Clone(r.Extra)
		if r.Extra == nil {
			r.Extra = make(map[string]any, len(part.Extra))
		}
		maps.Copy(r.Extra, part.Extra)
	}
	return nil
}
