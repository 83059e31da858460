// Package bedrock reaches models, guardrails, knowledge bases, agents and managed prompts over Amazon Bedrock.
//
// Everything here works over a client that the caller has made and configured, usually the SDK's own; what is asked of it is a small
// interface for each use. The package loads no configuration and reads no environment.
//
// # Models
//
//	client := bedrockruntime.NewFromConfig(cfg)
//	m := bedrock.New(client, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0")
//
// [New] makes a model over Converse and ConverseStream, [NewInvoke] one over InvokeModel for models without Converse. Both are what a
// prompt node takes. What a request asks for and Bedrock cannot do is the error Model.Unsupported, before anything is sent. Of a
// conversation only what Bedrock has no use for stays behind: the Name of a tool's result, and the span of a citation.
//
// Set Request.MaxTokens: Bedrock reserves as much of the quota in advance, and without it the model's maximum, which is the usual
// reason for unexpected throttling.
//
// # Retries and timeouts
//
// The SDK retries three times by default. Under a workflow that retries too, attempts would multiply and their delays would be
// invisible; so each call made here switches the SDK's retryer off, for itself only. The client's other uses keep theirs. Give the
// client no short HTTP timeout: a model can take minutes, and the deadline of the context counts.
//
// # Errors
//
// Errors are [*model.Error] and keep the SDK's own inside. A cancelled context comes back as it is.
//
//	ThrottlingException, TooManyRequestsException             Model.Throttled, with the time that the service asks to wait
//	ServiceUnavailableException, overloaded_error (529),
//	BadGatewayException, no answer at all                     Model.Unavailable
//	InternalServerException, an answer that cannot be read    Model.Internal
//	ModelNotReadyException                                    Model.NotReady
//	ModelTimeoutException, the client's own timeout           Model.Timeout
//	ModelErrorException, DependencyFailedException            Model.Failed, retryable unless the model said 4xx
//	ModelStreamErrorException, a stream that breaks off       Model.Stream
//	ServiceQuotaExceededException                             Model.Quota
//	ValidationException, ConflictException                    Model.Validation
//	ValidationException about too long an input               Model.ContextTooLong
//	AccessDeniedException, expired or unknown keys            Model.AccessDenied
//	ResourceNotFoundException                                 Model.NotFound
//	FTUFormNotFilled, and 404 "use case details have not
//	been submitted"                                           Model.UseCaseMissing, saying where to submit them
//	a guardrail that intervened, if asked for                 Model.Guardrail
//
// The message ends in what to do about it: the permission that is needed, the quota to ask for, how to name the model. Cases that hide
// behind a general error keep its name and get a sentence of their own: an inference profile is needed, a marketplace agreement is being
// made, a legacy model. Three get another name: a day's quota that is used up, told as throttling, is Model.Quota; what a model does not
// support, told as ValidationException, is Model.Unsupported; and no access to a model is Model.AccessDenied wherever it is told.
//
// # Guardrails, knowledge bases, agents, prompts
//
// [Guardrail], [Checks], [KnowledgeBase], [Answerer], [Reranker], [Agent], [Prompts] and [Embedder] have methods of the form
// func(context.Context, In) (Out, error), to be used as tasks:
//
//	g := &bedrock.Guardrail{Client: client, ID: "gr1234567890", Version: "1"}
//	flow.Task("Guard", g.Input).Into(verdict)   // then a Choice on verdict.Blocked
//	flow.Task("Guard", g.PassInput).Into(text)  // or an error Model.Guardrail for Catch
//
//	kb := &bedrock.KnowledgeBase{Client: agentClient, Request: bedrockagentruntime.RetrieveInput{KnowledgeBaseId: aws.String("KB12345678")}}
//	flow.Task("Find", kb.Find).Into(passages)   // and a Reranker's Rerank for those of several searches
//
// A managed prompt is one for a prompt node too, with its model, settings, tools and messages:
//
//	p, err := (&bedrock.Prompts{Client: buildClient}).Get(ctx, "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3")
//	flow.Prompt[Summary]("Summarize", m).Of(p)
//
// What they take and give are plain values whose JSON is that of the service. Settings that only the author of a workflow makes are
// the SDK's own types, so that none is missing.
//
// # Fields of Converse
//
// Where every field of Converse, ConverseStream and CountTokens is in the API of this library: on the left the SDK's type and field, or
// the union and its member, on the right a type of package model and its field, or the reason for leaving it out. A test walks the
// SDK's types and fails if one has no row here.
//
//	ConverseInput.ModelId                                 Request.Model or else the id given to New
//	ConverseInput.Messages                                Request.Messages
//	ConverseInput.System                                  Request.System
//	ConverseInput.InferenceConfig                         Request.MaxTokens, Request.Temperature, Request.TopP, Request.Stop
//	ConverseInput.ToolConfig                              Request.Tools, Request.ToolChoice
//	ConverseInput.OutputConfig                            Request.Output, Request.Effort
//	ConverseInput.GuardrailConfig                         Request.Guardrail
//	ConverseInput.AdditionalModelRequestFields            Request.Extra, Request.TopK, Request.Seed, Request.FrequencyPenalty, Request.PresencePenalty
//	ConverseInput.AdditionalModelResponseFieldPaths       Request.ExtraPaths
//	ConverseInput.PerformanceConfig                       Request.Latency
//	ConverseInput.PromptVariables                         Request.Variables
//	ConverseInput.RequestMetadata                         Request.Metadata
//	ConverseInput.ServiceTier                             Request.ServiceTier
//	ConverseStreamInput.ModelId                           Request.Model or else the id given to New
//	ConverseStreamInput.Messages                          Request.Messages
//	ConverseStreamInput.System                            Request.System
//	ConverseStreamInput.InferenceConfig                   Request.MaxTokens, Request.Temperature, Request.TopP, Request.Stop
//	ConverseStreamInput.ToolConfig                        Request.Tools, Request.ToolChoice
//	ConverseStreamInput.OutputConfig                      Request.Output, Request.Effort
//	ConverseStreamInput.GuardrailConfig                   Request.Guardrail
//	ConverseStreamInput.AdditionalModelRequestFields      Request.Extra, Request.TopK, Request.Seed, Request.FrequencyPenalty, Request.PresencePenalty
//	ConverseStreamInput.AdditionalModelResponseFieldPaths Request.ExtraPaths
//	ConverseStreamInput.PerformanceConfig                 Request.Latency
//	ConverseStreamInput.PromptVariables                   Request.Variables
//	ConverseStreamInput.RequestMetadata                   Request.Metadata
//	ConverseStreamInput.ServiceTier                       Request.ServiceTier
//	ConverseOutput.Output                                 Response.Content
//	ConverseOutput.Message                                Response.Content
//	ConverseOutput.StopReason                             Response.Stop
//	ConverseOutput.Usage                                  Response.Usage
//	ConverseOutput.Metrics                                Response.Latency
//	ConverseOutput.AdditionalModelResponseFields          Response.Extra, Response.StopSequence (the field stop_sequence, asked of Claude where there are stop sequences)
//	ConverseOutput.PerformanceConfig                      Response.LatencyMode
//	ConverseOutput.ServiceTier                            Response.ServiceTier
//	ConverseOutput.Trace                                  Response.GuardrailTrace, Response.Model
//	ConverseOutput.ResultMetadata                         Response.ID (the request id)
//	ConverseMetrics.LatencyMs                             Response.Latency
//	ConverseTrace.Guardrail                               Response.GuardrailTrace (whole, in the service's own JSON)
//	ConverseTrace.PromptRouter                            Response.Model
//	PromptRouterTrace.InvokedModelId                      Response.Model
//	ConverseStreamOutput.ContentBlockStart                Event.Block
//	ConverseStreamOutput.ContentBlockDelta                Event.Text, Event.Block
//	ConverseStreamOutput.ContentBlockStop                 Event.Type
//	ConverseStreamOutput.MessageStart                     Event.Type
//	ConverseStreamOutput.MessageStop                      Event.Response
//	ConverseStreamOutput.Metadata                         Event.Response
//	ConverseStreamOutput.ResultMetadata                   Response.ID (the request id)
//	MessageStartEvent.Role                                left out: an answer is always the assistant's
//	MessageStopEvent.StopReason                           Response.Stop
//	MessageStopEvent.AdditionalModelResponseFields        Response.Extra, Response.StopSequence (the field stop_sequence, asked of Claude where there are stop sequences)
//	ConverseStreamMetadataEvent.Usage                     Response.Usage
//	ConverseStreamMetadataEvent.Metrics                   Response.Latency
//	ConverseStreamMetadataEvent.PerformanceConfig         Response.LatencyMode
//	ConverseStreamMetadataEvent.ServiceTier               Response.ServiceTier
//	ConverseStreamMetadataEvent.Trace                     Response.GuardrailTrace, Response.Model
//	ConverseStreamMetrics.LatencyMs                       Response.Latency
//	ConverseStreamTrace.Guardrail                         Response.GuardrailTrace (whole, in the service's own JSON)
//	ConverseStreamTrace.PromptRouter                      Response.Model
//	ContentBlockStartEvent.ContentBlockIndex              Event.Index
//	ContentBlockStartEvent.Start                          Event.Block
//	ContentBlockDeltaEvent.ContentBlockIndex              Event.Index
//	ContentBlockDeltaEvent.Delta                          Event.Text, Event.Block
//	ContentBlockStopEvent.ContentBlockIndex               Event.Index
//	ContentBlockStart.Image                               Image
//	ContentBlockStart.ToolResult                          ToolResult
//	ContentBlockStart.ToolUse                             ToolUse
//	ContentBlockDelta.Citation                            Text.Citations
//	ContentBlockDelta.Image                               Image.Source
//	ContentBlockDelta.ReasoningContent                    Reasoning
//	ContentBlockDelta.Text                                Event.Text
//	ContentBlockDelta.ToolResult                          ToolResult.Content
//	ContentBlockDelta.ToolUse                             Event.Text
//	ConverseTokensRequest.AdditionalModelRequestFields    Request.Extra
//	ConverseTokensRequest.Messages                        Request.Messages
//	ConverseTokensRequest.System                          Request.System
//	ConverseTokensRequest.ToolConfig                      Request.Tools, Request.ToolChoice
//	CountTokensInput.Input                                Model.CountTokens
//	CountTokensInput.Converse                             Model.CountTokens
//	CountTokensInput.InvokeModel                          InvokeModel.CountTokens
//	CountTokensInput.ModelId                              Request.Model or else the id given to New
//	InvokeModelTokensRequest.Body                         InvokeModel.CountTokens
//	CountTokensOutput.InputTokens                         Model.CountTokens
//	CountTokensOutput.ResultMetadata                      left out: nobody asks for the request id of a count
//	Message.Content                                       Message.Content
//	Message.Role                                          Message.Role
//	InferenceConfiguration.MaxTokens                      Request.MaxTokens
//	InferenceConfiguration.Temperature                    Request.Temperature
//	InferenceConfiguration.TopP                           Request.TopP
//	InferenceConfiguration.StopSequences                  Request.Stop
//	OutputConfig.Effort                                   Request.Effort
//	OutputConfig.TextFormat                               Request.Output
//	OutputFormat.Structure                                Request.Output
//	OutputFormat.Type                                     left out: json_schema is the only type
//	OutputFormatStructure.JsonSchema                      Request.Output
//	JsonSchemaDefinition.Name                             Output.Name
//	JsonSchemaDefinition.Description                      Output.Description
//	JsonSchemaDefinition.Schema                           Output.Schema
//	PerformanceConfiguration.Latency                      Request.Latency, Response.LatencyMode
//	ServiceTier.Type                                      Request.ServiceTier, Response.ServiceTier
//	PromptVariableValues.Text                             Request.Variables
//	GuardrailConfiguration.GuardrailIdentifier            Guardrail.ID
//	GuardrailConfiguration.GuardrailVersion               Guardrail.Version ("DRAFT" if empty)
//	GuardrailConfiguration.Trace                          Guardrail.Trace
//	GuardrailStreamConfiguration.GuardrailIdentifier      Guardrail.ID
//	GuardrailStreamConfiguration.GuardrailVersion         Guardrail.Version ("DRAFT" if empty)
//	GuardrailStreamConfiguration.Trace                    Guardrail.Trace
//	GuardrailStreamConfiguration.StreamProcessingMode     Guardrail.StreamMode
//	ToolConfiguration.Tools                               Request.Tools
//	ToolConfiguration.ToolChoice                          Request.ToolChoice
//	ToolChoice.Auto                                       ToolChoice.Mode
//	ToolChoice.Any                                        ToolChoice.Mode
//	ToolChoice.Tool                                       ToolChoice.Mode
//	SpecificToolChoice.Name                               ToolChoice.Name
//	Tool.ToolSpec                                         Tool
//	Tool.SystemTool                                       Tool.Server
//	Tool.CachePoint                                       Tool.Cache
//	SystemTool.Name                                       Tool.Name
//	ToolSpecification.Name                                Tool.Name
//	ToolSpecification.Description                         Tool.Description
//	ToolSpecification.InputSchema                         Tool.Schema
//	ToolSpecification.Strict                              Tool.Strict
//	ToolInputSchema.Json                                  Tool.Schema
//	SystemContentBlock.Text                               Text
//	SystemContentBlock.GuardContent                       Guard
//	SystemContentBlock.CachePoint                         CachePoint
//	ContentBlock.Text                                     Text
//	ContentBlock.CitationsContent                         Text.Citations
//	ContentBlock.Image                                    Image
//	ContentBlock.Document                                 Document
//	ContentBlock.Video                                    Video
//	ContentBlock.Audio                                    Audio
//	ContentBlock.ToolUse                                  ToolUse
//	ContentBlock.ToolResult                               ToolResult
//	ContentBlock.ReasoningContent                         Reasoning
//	ContentBlock.SearchResult                             SearchResult
//	ContentBlock.GuardContent                             Guard
//	ContentBlock.CachePoint                               CachePoint
//	ContentBlock.ToolAddition                             ToolChange
//	ContentBlock.ToolRemoval                              ToolChange.Remove
//	ToolAdditionBlock.Tool                                ToolChange
//	ToolRemovalBlock.Tool                                 ToolChange
//	ToolReference.Name                                    ToolChange.Name
//	ToolReference.ServerName                              ToolChange.Server
//	ToolReference.Type                                    ToolChange.Type
//	AudioBlock.Format                                     Audio.Format
//	AudioBlock.Source                                     Audio.Source
//	AudioBlock.Error                                      Audio.Error
//	AudioSource.Bytes                                     Source.Bytes
//	AudioSource.S3Location                                Source.URL, Source.S3Owner
//	ImageBlock.Format                                     Image.Format
//	ImageBlock.Source                                     Image.Source
//	ImageBlock.Error                                      Image.Error
//	ImageBlockStart.Format                                Image.Format
//	ImageBlockDelta.Source                                Image.Source
//	ImageBlockDelta.Error                                 Image.Error
//	ImageSource.Bytes                                     Source.Bytes
//	ImageSource.S3Location                                Source.URL, Source.S3Owner
//	ErrorBlock.Message                                    Image.Error, Audio.Error
//	VideoBlock.Format                                     Video.Format
//	VideoBlock.Source                                     Video.Source
//	VideoSource.Bytes                                     Source.Bytes
//	VideoSource.S3Location                                Source.URL, Source.S3Owner
//	S3Location.Uri                                        Source.URL
//	S3Location.BucketOwner                                Source.S3Owner
//	DocumentBlock.Name                                    Document.Name
//	DocumentBlock.Format                                  Document.Format
//	DocumentBlock.Source                                  Document.Source, Document.Text, Document.Content
//	DocumentBlock.Context                                 Document.Context
//	DocumentBlock.Citations                               Document.Cite
//	DocumentSource.Bytes                                  Source.Bytes
//	DocumentSource.S3Location                             Source.URL, Source.S3Owner
//	DocumentSource.Text                                   Document.Text
//	DocumentSource.Content                                Document.Content
//	DocumentContentBlock.Text                             Document.Content
//	CitationsConfig.Enabled                               Document.Cite, SearchResult.Cite
//	CitationsContentBlock.Content                         Text.Text
//	CitationsContentBlock.Citations                       Text.Citations
//	CitationGeneratedContent.Text                         Text.Text
//	Citation.Title                                        Citation.Title
//	Citation.Source                                       Citation.Source
//	Citation.SourceContent                                Citation.Cited
//	Citation.Location                                     Citation.Location
//	CitationSourceContent.Text                            Citation.Cited
//	CitationsDelta.Title                                  Citation.Title
//	CitationsDelta.Source                                 Citation.Source
//	CitationsDelta.SourceContent                          Citation.Cited
//	CitationsDelta.Location                               Citation.Location
//	CitationSourceContentDelta.Text                       Citation.Cited
//	CitationLocation.DocumentChar                         Location.Kind
//	CitationLocation.DocumentChunk                        Location.Kind
//	CitationLocation.DocumentPage                         Location.Kind
//	CitationLocation.SearchResultLocation                 Location.Kind
//	CitationLocation.Web                                  Location.Kind
//	SearchResultLocation.SearchResultIndex                Location.Index
//	SearchResultLocation.Start                            Location.Start
//	SearchResultLocation.End                              Location.End
//	WebLocation.Url                                       Location.URL
//	WebLocation.Domain                                    Location.Domain
//	SearchResultBlock.Source                              SearchResult.Source
//	SearchResultBlock.Title                               SearchResult.Title
//	SearchResultBlock.Content                             SearchResult.Content
//	SearchResultBlock.Citations                           SearchResult.Cite
//	SearchResultContentBlock.Text                         SearchResult.Content
//	GuardrailConverseContentBlock.Text                    Guard.Text
//	GuardrailConverseContentBlock.Image                   Guard.Image
//	GuardrailConverseTextBlock.Text                       Guard.Text
//	GuardrailConverseTextBlock.Qualifiers                 Guard.Qualifiers
//	GuardrailConverseImageBlock.Format                    Image.Format
//	GuardrailConverseImageBlock.Source                    Image.Source
//	GuardrailConverseImageSource.Bytes                    Source.Bytes
//	CachePointBlock.Ttl                                   CachePoint.TTL
//	CachePointBlock.Type                                  left out: default is the only type
//	ReasoningContentBlock.ReasoningText                   Reasoning
//	ReasoningContentBlock.RedactedContent                 Reasoning.Redacted
//	ReasoningTextBlock.Text                               Reasoning.Text
//	ReasoningTextBlock.Signature                          Reasoning.Signature
//	ReasoningContentBlockDelta.Text                       Event.Text
//	ReasoningContentBlockDelta.Signature                  Reasoning.Signature
//	ReasoningContentBlockDelta.RedactedContent            Reasoning.Redacted
//	ToolUseBlock.ToolUseId                                ToolUse.ID
//	ToolUseBlock.Name                                     ToolUse.Name
//	ToolUseBlock.Input                                    ToolUse.Input
//	ToolUseBlock.Type                                     ToolUse.Server
//	ToolUseBlockStart.ToolUseId                           ToolUse.ID
//	ToolUseBlockStart.Name                                ToolUse.Name
//	ToolUseBlockStart.Type                                ToolUse.Server
//	ToolUseBlockDelta.Input                               Event.Text
//	ToolResultBlock.ToolUseId                             ToolResult.ID
//	ToolResultBlock.Content                               ToolResult.Content
//	ToolResultBlock.Status                                ToolResult.Error
//	ToolResultBlock.Type                                  ToolResult.Server
//	ToolResultBlockStart.ToolUseId                        ToolResult.ID
//	ToolResultBlockStart.Status                           ToolResult.Error
//	ToolResultBlockStart.Type                             ToolResult.Server
//	ToolResultBlockDelta.Text                             Text.Text
//	ToolResultBlockDelta.Json                             JSON.Value
//	ToolResultContentBlock.Text                           Text
//	ToolResultContentBlock.Json                           JSON
//	ToolResultContentBlock.Image                          Image
//	ToolResultContentBlock.Document                       Document
//	ToolResultContentBlock.Video                          Video
//	ToolResultContentBlock.SearchResult                   SearchResult
//	TokenUsage.InputTokens                                Usage.Input
//	TokenUsage.OutputTokens                               Usage.Output
//	TokenUsage.TotalTokens                                Usage.Total (which counts cached tokens by itself)
//	TokenUsage.CacheReadInputTokens                       Usage.CacheRead
//	TokenUsage.CacheWriteInputTokens                      Usage.CacheWrite
//	TokenUsage.CacheDetails                               Usage.CacheWriteLong
//	CacheDetail.Ttl                                       Usage.CacheWriteLong
//	CacheDetail.InputTokens                               Usage.CacheWriteLong
//	DocumentCharLocation.DocumentIndex                    Location.Index
//	DocumentCharLocation.Start                            Location.Start
//	DocumentCharLocation.End                              Location.End
//	DocumentChunkLocation.DocumentIndex                   Location.Index
//	DocumentChunkLocation.Start                           Location.Start
//	DocumentChunkLocation.End                             Location.End
//	DocumentPageLocation.DocumentIndex                    Location.Index
//	DocumentPageLocation.Start                            Location.Start
//	DocumentPageLocation.End                              Location.End
package bedrock
