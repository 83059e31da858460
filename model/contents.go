package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Contents is a list of blocks. In JSON each is an object of one member, named
// after its kind: [{"text":{"text":"Hi"}}].
type Contents []Content

// Texts makes one block of each text.
func Texts(texts ...string) Contents {
	c := make(Contents, len(texts))
	for i, t := range texts {
		c[i] = &Text{Text: t}
	}
	return c
}

// Text joins the text blocks, as they are; reasoning, refusals and all else is
// left out.
func (c Contents) Text() string {
	if len(c) == 1 {
		if t, ok := c[0].(*Text); ok {
			return t.Text
		}
	}
	var b strings.Builder
	for _, block := range c {
		if t, ok := block.(*Text); ok {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// ToolUses are the tool calls that the caller has to answer, those that the
// provider runs itself left out.
func (c Contents) ToolUses() []*ToolUse {
	var uses []*ToolUse
	for _, block := range c {
		if u, ok := block.(*ToolUse); ok && !u.Server {
			uses = append(uses, u)
		}
	}
	return uses
}

// MarshalJSON writes the blocks.
func (c Contents) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("null"), nil
	}
	buf := []byte{'['}
	for i, block := range c {
		if i > 0 {
			buf = append(buf, ',')
		}
		data, err := marshalContent(block)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", i, err)
		}
		buf = append(buf, data...)
	}
	return append(buf, ']'), nil
}

// UnmarshalJSON reads the blocks. A block of a kind that is not known becomes an
// [Other].
func (c *Contents) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if list == nil {
		*c = nil
		return nil
	}
	blocks := make(Contents, len(list))
	for i, raw := range list {
		block, err := unmarshalContent(raw)
		if err != nil {
			return fmt.Errorf("block %d: %w", i, err)
		}
		blocks[i] = block
	}
	*c = blocks
	return nil
}

func marshalContent(c Content) ([]byte, error) {
	if c == nil || reflect.ValueOf(c).IsNil() {
		return nil, errors.New("block is nil")
	}
	var buf bytes.Buffer
	fmt.Fprintf(&buf, `{%q:`, c.Kind())
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, err
	}
	buf.Truncate(buf.Len() - 1) // the newline that Encode adds
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

func unmarshalContent(data []byte) (Content, error) {
	var wire map[string]json.RawMessage
	if err := json.Unmarshal(data, &wire); err != nil {
		return nil, err
	}
	if len(wire) != 1 {
		return nil, fmt.Errorf("a block is an object of one member, this one has %d", len(wire))
	}
	for kind, value := range wire {
		c := newContent(kind)
		if c == nil {
			return &Other{Type: kind, Value: value}, nil
		}
		if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			return nil, fmt.Errorf("%s is null", kind)
		}
		if err := json.Unmarshal(value, c); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		return c, nil
	}
	return nil, nil // not reached: wire has one member
}

func newContent(kind string) Content {
	switch kind {
	case "text":
		return new(Text)
	case "image":
		return new(Image)
	case "document":
		return new(Document)
	case "video":
		return new(Video)
	case "audio":
		return new(Audio)
	case "json":
		return new(JSON)
	case "toolUse":
		return new(ToolUse)
	case "toolResult":
		return new(ToolResult)
	case "reasoning":
		return new(Reasoning)
	case "refusal":
		return new(Refusal)
	case "searchResult":
		return new(SearchResult)
	case "guard":
		return new(Guard)
	case "cachePoint":
		return new(CachePoint)
	case "toolChange":
		return new(ToolChange)
	case "other":
		return new(Other)
	}
	return nil
}
