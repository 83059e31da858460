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
// [Guardrail], [Checks], [KnowledgeBase], [Answerer], [Reranker], [Agent], [Prompts], [Embedder] and [Jobs] have methods of the form
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
// The page docs/converse.md of the repository has a table of every field of Converse, ConverseStream and CountTokens with its place in
// the API of this library, or the reason for leaving it out. A test walks the SDK's types and fails if one is not there.
package bedrock
