package model

import (
	"encoding/json"
	"strings"
)

// Content is one block of a message: one of the pointer types [*Text],
// [*Image], [*Document], [*Video], [*Audio], [*JSON], [*ToolUse],
// [*ToolResult], [*Reasoning], [*Refusal], [*SearchResult], [*Guard],
// [*CachePoint], [*ToolChange] and [*Other].
//
//sumtype:decl
type Content interface {
	// Kind is the name of the block's type, under which it stands in JSON.
	Kind() string
	content()
}

// Text is text, of the user or of the model, with the sources it rests on.
type Text struct {
	Text      string     `json:"text"`
	Citations []Citation `json:"citations,omitempty"`
}

// Source is where the bytes of an image, document, video or audio are: in
// Bytes, or at one of the other places. A provider that cannot read from there
// reports Model.Unsupported.
type Source struct {
	Bytes    []byte `json:"bytes,omitempty"`
	URL      string `json:"url,omitempty"`      // http, https, or s3 for an object in S3
	S3Owner  string `json:"s3Owner,omitempty"`  // the account that owns the bucket, if it is not the caller's
	FileID   string `json:"fileId,omitempty"`   // a file uploaded to the provider before
	MIMEType string `json:"mimeType,omitempty"` // where Format does not say it
}

// Image is a picture, of the user or made by the model.
type Image struct {
	Format string `json:"format,omitempty"` // "png", "jpeg", "gif", "webp"
	Source Source `json:"source"`
	Detail string `json:"detail,omitempty"` // "low", "high", "auto": how closely OpenAI's models look
	Error  string `json:"error,omitempty"`  // why the provider could not make or read it
}

// Document is a document to read. Exactly one of Source, Text and Content holds
// it.
type Document struct {
	// Name is what the model calls the document. It can be used to inject
	// instructions; use a neutral one.
	Name    string   `json:"name"`
	Format  string   `json:"format,omitempty"` // "pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"
	Source  Source   `json:"source,omitzero"`
	Text    string   `json:"text,omitempty"`
	Content []string `json:"content,omitempty"` // texts in chunks that can be cited one by one
	Context string   `json:"context,omitempty"` // what the model shall know about the document
	Cite    bool     `json:"cite,omitempty"`    // ask for citations
}

// Video is a video to watch.
type Video struct {
	Format string `json:"format,omitempty"` // "mp4", "mov", "mkv", "webm", …
	Source Source `json:"source"`
}

// Audio is speech or sound, of the user or made by the model.
type Audio struct {
	Format     string `json:"format,omitempty"` // "mp3", "wav", "flac", …
	Source     Source `json:"source"`
	ID         string `json:"id,omitempty"`         // by which later requests refer to the model's audio (OpenAI)
	Transcript string `json:"transcript,omitempty"` // what the model's audio says
	Error      string `json:"error,omitempty"`      // why the provider could not make or read it
}

// JSON is a JSON value as the result of a tool.
type JSON struct {
	Value json.RawMessage `json:"value"`
}

// ToolUse is the model's wish that a tool be called.
type ToolUse struct {
	ID   string `json:"id"`
	Name string `json:"name"`

	// Input is the tool's input as JSON; `{}` if the model wrote nothing.
	Input json.RawMessage `json:"input,omitempty"`

	// Malformed is what the model wrote instead, if that is no JSON; Input is
	// then empty.
	Malformed string `json:"malformed,omitempty"`

	// Server says that the provider runs the tool itself; the call needs no
	// answer.
	Server bool `json:"server,omitempty"`
}

// NewToolUse makes a ToolUse of the text that a model wrote as input: it lands
// in Input if it is JSON, in Malformed otherwise, and empty text is `{}`.
func NewToolUse(id, name, input string) *ToolUse {
	u := &ToolUse{ID: id, Name: name}
	u.setInput(input)
	return u
}

func (u *ToolUse) setInput(text string) {
	switch {
	case strings.TrimSpace(text) == "":
		u.Input, u.Malformed = json.RawMessage("{}"), ""
	case json.Valid([]byte(text)):
		u.Input, u.Malformed = json.RawMessage(text), ""
	default:
		u.Input, u.Malformed = nil, text
	}
}

// ToolResult answers a [ToolUse].
type ToolResult struct {
	ID      string   `json:"id"`             // of the ToolUse
	Name    string   `json:"name,omitempty"` // of the tool, for providers that want it
	Content Contents `json:"content"`        // Text, JSON, Image, Document, Video, SearchResult
	Error   bool     `json:"error,omitempty"`
	Server  string   `json:"server,omitempty"` // the provider's type of result, where the provider ran the tool
}

// Reasoning is what a model thought before it answered. It goes back to the
// model unchanged.
type Reasoning struct {
	Text      string `json:"text,omitempty"`
	Signature string `json:"signature,omitempty"` // proves that the model wrote the text
	Redacted  []byte `json:"redacted,omitempty"`  // encrypted reasoning, instead of the text or beside it
	ID        string `json:"id,omitempty"`        // of the reasoning item (OpenAI)
	Summary   string `json:"summary,omitempty"`   // a summary in place of the text (OpenAI)
}

// Refusal is the model's statement that it will not answer, where the provider
// tells it from text.
type Refusal struct {
	Text string `json:"text"`
}

// SearchResult is a found passage that the model may cite.
type SearchResult struct {
	Source  string   `json:"source"` // a URL or another identifier
	Title   string   `json:"title"`
	Content []string `json:"content"`
	Cite    bool     `json:"cite,omitempty"` // ask for citations
}

// Guard is content for a guardrail to look at. If a request has any, most
// filters of Bedrock look at nothing else.
type Guard struct {
	Text       string   `json:"text,omitempty"`
	Qualifiers []string `json:"qualifiers,omitempty"` // "grounding_source", "query", "guard_content"
	Image      *Image   `json:"image,omitempty"`      // instead of the text
}

// CachePoint says that what stands before it shall be cached.
type CachePoint struct {
	TTL string `json:"ttl,omitempty"` // "5m" or "1h"; empty for the provider's default, 5m
}

// ToolChange offers a tool of the request, or takes it away, from here on in
// the conversation.
type ToolChange struct {
	Name   string `json:"name"`
	Server string `json:"server,omitempty"` // the MCP server of the tool
	Type   string `json:"type,omitempty"`   // the provider's type of reference
	Remove bool   `json:"remove,omitempty"`
}

// Other is a block that only its provider understands; it goes back to the
// provider unchanged.
type Other struct {
	Type  string          `json:"type"` // the provider's name for it
	Value json.RawMessage `json:"value,omitempty"`
}

// Citation is a source of a text.
type Citation struct {
	Title    string   `json:"title,omitempty"`
	Source   string   `json:"source,omitempty"`
	Cited    []string `json:"cited,omitempty"` // the passages that were cited
	Location Location `json:"location,omitzero"`

	// Start and End bound the part of the answer that rests on the source, in
	// characters; both 0 mean the whole block.
	Start int `json:"start,omitempty"`
	End   int `json:"end,omitempty"`
}

// Location is where in a source a cited passage is.
type Location struct {
	Kind   LocationKind `json:"kind,omitempty"`
	Index  int          `json:"index,omitempty"` // of the document or search result in the request, from 0
	Start  int          `json:"start,omitempty"` // in the unit of Kind
	End    int          `json:"end,omitempty"`
	URL    string       `json:"url,omitempty"`    // with LocationWeb
	Domain string       `json:"domain,omitempty"` // with LocationWeb
	FileID string       `json:"fileId,omitempty"` // with LocationFile
}

// LocationKind is the unit of a [Location].
type LocationKind string

// The kinds of location: characters, chunks or pages of a document, content
// blocks of a search result, a web page, an uploaded file.
const (
	LocationChars        LocationKind = "chars"
	LocationChunks       LocationKind = "chunks"
	LocationPages        LocationKind = "pages"
	LocationSearchResult LocationKind = "searchResult"
	LocationWeb          LocationKind = "web"
	LocationFile         LocationKind = "file"
)

func (*Text) content()         {}
func (*Image) content()        {}
func (*Document) content()     {}
func (*Video) content()        {}
func (*Audio) content()        {}
func (*JSON) content()         {}
func (*ToolUse) content()      {}
func (*ToolResult) content()   {}
func (*Reasoning) content()    {}
func (*Refusal) content()      {}
func (*SearchResult) content() {}
func (*Guard) content()        {}
func (*CachePoint) content()   {}
func (*ToolChange) content()   {}
func (*Other) content()        {}

// Kind is "text".
func (*Text) Kind() string { return "text" }

// Kind is "image".
func (*Image) Kind() string { return "image" }

// Kind is "document".
func (*Document) Kind() string { return "document" }

// Kind is "video".
func (*Video) Kind() string { return "video" }

// Kind is "audio".
func (*Audio) Kind() string { return "audio" }

// Kind is "json".
func (*JSON) Kind() string { return "json" }

// Kind is "toolUse".
func (*ToolUse) Kind() string { return "toolUse" }

// Kind is "toolResult".
func (*ToolResult) Kind() string { return "toolResult" }

// Kind is "reasoning".
func (*Reasoning) Kind() string { return "reasoning" }

// Kind is "refusal".
func (*Refusal) Kind() string { return "refusal" }

// Kind is "searchResult".
func (*SearchResult) Kind() string { return "searchResult" }

// Kind is "guard".
func (*Guard) Kind() string { return "guard" }

// Kind is "cachePoint".
func (*CachePoint) Kind() string { return "cachePoint" }

// Kind is "toolChange".
func (*ToolChange) Kind() string { return "toolChange" }

// Kind is "other".
func (*Other) Kind() string { return "other" }
