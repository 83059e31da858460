package model

import (
	"encoding/json"
	"time"
)

// Response is a model's answer.
type Response struct {
	// ID is the provider's name for the answer or the call; empty if it has
	// none.
	ID string `json:"id,omitempty"`

	// Model is the model that answered: what a router chose, else the one that
	// was asked. A provider always fills it.
	Model string `json:"model,omitempty"`

	// Content is what the model said. Reasoning stands before the text, and
	// there can be several texts and tool uses.
	Content Contents `json:"content"`

	// Stop is why the answer ended, StopSequence the text at which it did. A
	// provider always fills Stop.
	Stop         StopReason `json:"stop"`
	StopSequence string     `json:"stopSequence,omitempty"`

	// Usage counts tokens. A provider always fills it.
	Usage Usage `json:"usage,omitzero"`

	// Latency is how long the provider worked by its own account, 0 if it gives
	// none; in nanoseconds in JSON.
	Latency time.Duration `json:"latency,omitempty"`

	// ServiceTier and LatencyMode are what served the call, where the provider
	// says so.
	ServiceTier string `json:"serviceTier,omitempty"`
	LatencyMode string `json:"latencyMode,omitempty"`

	// GuardrailTrace is the guardrail's account in the provider's own JSON, if
	// the request asked for it. It can hold personal data.
	GuardrailTrace json.RawMessage `json:"guardrailTrace,omitempty"`

	// Extra holds what else the provider said, as encoding/json reads it.
	Extra map[string]any `json:"extra,omitempty"`
}

// Text is the answer's text: its text blocks joined. See [Contents.Text].
func (r *Response) Text() string { return r.Content.Text() }

// ToolUses are the tool calls that the caller has to answer.
func (r *Response) ToolUses() []*ToolUse { return r.Content.ToolUses() }

// Message is the answer as a turn of the conversation, for the next request.
func (r *Response) Message() Message { return Message{Role: Assistant, Content: r.Content} }

// StopReason is why an answer ended. The set is open: providers add reasons.
type StopReason string

// The stop reasons, spelled as Bedrock's Converse does where it has them.
const (
	StopEnd             StopReason = "end_turn"
	StopToolUse         StopReason = "tool_use"
	StopMaxTokens       StopReason = "max_tokens"
	StopSequence        StopReason = "stop_sequence"
	StopGuardrail       StopReason = "guardrail_intervened"
	StopFiltered        StopReason = "content_filtered"
	StopMalformedOutput StopReason = "malformed_model_output"
	StopMalformedTool   StopReason = "malformed_tool_use"
	StopContextWindow   StopReason = "model_context_window_exceeded"
	StopRefusal         StopReason = "refusal"    // the model declined (Anthropic, OpenAI)
	StopPause           StopReason = "pause_turn" // a long turn was cut; send the answer back to go on (Anthropic)
)
