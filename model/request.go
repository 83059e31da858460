package model

import "encoding/json"

// Request is one call of a model. The zero value of a field leaves the matter
// to the provider. A request is never changed by those it is handed to.
type Request struct {
	// Model names the model (an id, an inference profile, an ARN); empty means
	// the one that the provider was made for.
	Model string `json:"model,omitempty"`

	// System holds the instructions: [*Text], [*Guard] and [*CachePoint].
	System Contents `json:"system,omitempty"`

	// Messages is the conversation, oldest first, beginning with the user's.
	Messages []Message `json:"messages,omitempty"`

	// MaxTokens bounds the answer; 0 leaves it to the provider, which often
	// means the model's maximum, and Bedrock then reserves as much of the quota.
	MaxTokens int `json:"maxTokens,omitempty"`

	// Temperature, TopP, TopK and Seed steer sampling; nil leaves the default.
	// A provider that has no such setting reports Model.Unsupported.
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"topP,omitempty"`
	TopK        *int     `json:"topK,omitempty"`
	Seed        *int64   `json:"seed,omitempty"`

	// FrequencyPenalty and PresencePenalty discourage repetition (OpenAI).
	FrequencyPenalty *float64 `json:"frequencyPenalty,omitempty"`
	PresencePenalty  *float64 `json:"presencePenalty,omitempty"`

	// Stop lists texts at which the answer ends.
	Stop []string `json:"stop,omitempty"`

	// Effort is how much a reasoning model thinks: "low", "medium", "high" and
	// what else a model knows.
	Effort string `json:"effort,omitempty"`

	// Tools are the tools that the model may use, and ToolChoice whether it must.
	Tools      []Tool     `json:"tools,omitempty"`
	ToolChoice ToolChoice `json:"toolChoice,omitzero"`

	// ParallelTools allows or forbids several tool calls in one answer; nil
	// leaves the default.
	ParallelTools *bool `json:"parallelTools,omitempty"`

	// Output asks for JSON; nil asks for text.
	Output *Output `json:"output,omitempty"`

	// Guardrail is applied to request and answer.
	Guardrail *Guardrail `json:"guardrail,omitempty"`

	// Variables fill the template of a managed prompt, where Model is the ARN
	// of one.
	Variables map[string]string `json:"variables,omitempty"`

	// ServiceTier is "default", "priority", "flex" or what else the provider
	// offers; Latency is "standard" or "optimized" (Bedrock).
	ServiceTier string `json:"serviceTier,omitempty"`
	Latency     string `json:"latency,omitempty"`

	// Metadata goes with the request into the provider's logs.
	Metadata map[string]string `json:"metadata,omitempty"`

	// Extra holds further fields of the provider's request: Bedrock's
	// additionalModelRequestFields, members of the body for OpenAI. Values mean
	// their JSON.
	Extra map[string]any `json:"extra,omitempty"`

	// ExtraPaths are JSON Pointers to fields of the model's own answer that
	// shall come back in Response.Extra (Bedrock).
	ExtraPaths []string `json:"extraPaths,omitempty"`
}

// Role is who speaks.
type Role string

// The roles. System is for instructions in mid-conversation; those at its
// beginning stand in Request.System.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	System    Role = "system"
)

// Message is one turn of a conversation. The results of all tool calls of one
// answer go together into the next user message.
type Message struct {
	Role    Role     `json:"role"`
	Content Contents `json:"content"`
}

// UserText is a user's message of one text.
func UserText(text string) Message {
	return Message{Role: User, Content: Contents{&Text{Text: text}}}
}

// AssistantText is a model's message of one text.
func AssistantText(text string) Message {
	return Message{Role: Assistant, Content: Contents{&Text{Text: text}}}
}

// Text is the text of the message: its text blocks joined. See [Contents.Text].
func (m Message) Text() string { return m.Content.Text() }

// Tool is a tool that a model may ask for.
type Tool struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`

	// Schema is the JSON schema of the input, an object at the top; empty
	// stands for an object of any fields.
	Schema json.RawMessage `json:"schema,omitempty"`

	// Strict makes the provider hold the model to the schema.
	Strict bool `json:"strict,omitempty"`

	// Server says that the provider itself has and runs the tool (web search,
	// code execution), chosen by its name.
	Server bool `json:"server,omitempty"`

	// Cache puts a cache point behind this tool.
	Cache *CachePoint `json:"cache,omitempty"`

	// Extra holds further fields of the provider's tool definition.
	Extra map[string]any `json:"extra,omitempty"`
}

// ToolChoice says whether a model must use a tool. The zero value leaves it to
// the provider, which is [ToolAuto] as a rule.
type ToolChoice struct {
	Mode ToolMode `json:"mode,omitempty"`
	Name string   `json:"name,omitempty"` // with ToolNamed
}

// ToolMode is the kind of a [ToolChoice].
type ToolMode string

// The modes: the model decides, it must use some tool, it must use the named
// one, it must use none.
const (
	ToolAuto  ToolMode = "auto"
	ToolAny   ToolMode = "any"
	ToolNamed ToolMode = "tool"
	ToolNone  ToolMode = "none"
)

// Output asks for an answer that is JSON.
type Output struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`

	// Schema is the JSON schema of the answer; empty asks for any JSON.
	Schema json.RawMessage `json:"schema,omitempty"`

	// Strict makes the provider hold the model to the schema, where it has a
	// lenient mode too.
	Strict bool `json:"strict,omitempty"`
}

// Guardrail names a guardrail of the provider.
type Guardrail struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"` // a number, or "DRAFT"

	// Trace is "disabled" (also if empty), "enabled" or "enabled_full"; the
	// trace holds the text that matched, personal data too.
	Trace string `json:"trace,omitempty"`

	// StreamMode is "sync" (the default: text is held back until it is checked)
	// or "async" (unchecked text may come through and nothing is masked).
	StreamMode string `json:"streamMode,omitempty"`
}
