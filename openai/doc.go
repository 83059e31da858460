// Package openai reaches models over any endpoint that speaks OpenAI's Chat Completions: OpenAI itself, and servers that follow it, such
// as Ollama, vLLM and llama.cpp, on this machine or elsewhere.
//
//	m := openai.Open("qwen3:8b", openai.BaseURL("http://localhost:11434/v1"))                     // Ollama: no account, no key
//	m := openai.Open("gpt-5-mini", openai.APIKey(os.Getenv("OPENAI_API_KEY")))                    // OpenAI
//	m := openai.New(&client.Chat.Completions, "gpt-5-mini")                                       // a client that you have made
//
// A [Model] is what a prompt node takes. It has streaming, tools, structured output and usage. What a request asks for and the API
// cannot do is the error Model.Unsupported, before anything is sent.
//
// # Servers that follow OpenAI
//
// They differ from OpenAI and from each other in small things. [Compatible], which [BaseURL] implies, chooses what most of them
// understand: max_tokens instead of max_completion_tokens, and top_k. Both kinds of answers are read: reasoning in reasoning_content or
// reasoning, or of compatible servers at the beginning of the text between <think> and </think>; tool calls without ids or with one index
// for all, no usage, a matched stop sequence in stop_reason.
//
// A server that takes response_format and does not enforce the schema does no harm: a prompt node checks the answer and asks again. One
// that refuses it is given a tool instead by [WithoutStructuredOutput].
//
// # What goes and what does not
//
//	Request.System, roles user, assistant and system     messages
//	MaxTokens                                            max_completion_tokens, or max_tokens
//	Temperature, TopP, Seed, Stop, penalties             temperature, top_p, seed, stop, frequency_penalty, presence_penalty
//	TopK                                                 top_k, for compatible servers only
//	Effort, ServiceTier, Metadata                        reasoning_effort, service_tier, metadata
//	Tools, ToolChoice, ParallelTools                     tools, tool_choice, parallel_tool_calls
//	Output                                               response_format: json_schema, or json_object without a schema
//	Extra                                                members of the body, as they are
//	Text, Refusal, ToolUse, ToolResult                   as the API has them; a result that is an error begins with "Error: "
//	Image                                                image_url, with its bytes as a data URL
//	Audio of the user, Audio by ID                       input_audio, audio
//	Document with bytes or a file id                     file
//	Reasoning, Citations of earlier answers              left out: the API has no place for them in a conversation
//	Guardrail, Variables, ExtraPaths, Latency,
//	cache points, guard content, video, search
//	results, documents as text                           Model.Unsupported
//
// # Retries and errors
//
// The SDK retries twice by default; calls made here switch that off, so that retries do not multiply with those of a workflow. Errors are
// [*model.Error] with the SDK's own inside, and their message ends in what to do, where that is known: `ollama pull` a model that is not
// there, start the server. A cancelled context comes back as it is.
//
//	429, rate_limit_exceeded                  Model.Throttled, with the time that the server asks to wait
//	insufficient_quota                        Model.Quota
//	401, 403, invalid_api_key                 Model.AccessDenied
//	404, model_not_found                      Model.NotFound
//	400, other client errors                  Model.Validation
//	context_length_exceeded and the like      Model.ContextTooLong
//	content_filter                            Model.Guardrail
//	503 while a model is being loaded         Model.NotReady
//	502, 503, no answer at all                Model.Unavailable
//	500, server_error, an unreadable answer   Model.Internal
//	408, 504, the client's own timeout        Model.Timeout
//	a stream that breaks off                  Model.Stream
package openai
