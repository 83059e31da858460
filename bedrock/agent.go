package bedrock

import (
	"context"
	"crypto/rand"
	"iter"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"

	"github.com/flowstone-go/flow/model"
)

// AgentClient is what an [Agent] needs. *bedrockagentruntime.Client has it. A client that is not the SDK's implements [AgentSource]
// beside it, because nobody else can put events into the SDK's output.
type AgentClient interface {
	InvokeAgent(context.Context, *bedrockagentruntime.InvokeAgentInput, ...func(*bedrockagentruntime.Options)) (*bedrockagentruntime.InvokeAgentOutput, error)
}

// AgentSource streams as InvokeAgent does. A sequence ends with the stream or with an error, which comes last; leaving it early
// releases the stream.
type AgentSource interface {
	AgentEvents(context.Context, *bedrockagentruntime.InvokeAgentInput) iter.Seq2[types.ResponseStream, error]
}

// Agent talks to an agent of Amazon Bedrock with InvokeAgent. Its methods are tasks. It is safe for concurrent use.
//
// Bedrock Agents are closed to new customers since July 2026; for new work see the Agent node of the root package.
type Agent struct {
	// Client makes the calls. Required.
	Client AgentClient
	// Request is what each call begins with: AgentId and AgentAliasId, and whatever else of the SDK's request is wanted, such as
	// EnableTrace. What a [Turn] sets comes on top of it.
	Request bedrockagentruntime.InvokeAgentInput
}

// Turn is what is said to an agent.
type Turn struct {
	// Session names the conversation; empty begins one under a random name. A task that may be retried should name it, by the
	// execution's id for instance, because the agent remembers what was said.
	Session string `json:"session,omitempty"`
	// Text is what the user says. It is ignored by the service where Results are given.
	Text string `json:"text,omitempty"`
	// SessionAttributes last for the session, PromptAttributes for this turn; both come on top of those of Request.
	SessionAttributes map[string]string `json:"sessionAttributes,omitempty"`
	PromptAttributes  map[string]string `json:"promptSessionAttributes,omitempty"`
	// Memory is the id under which the agent remembers sessions.
	Memory string `json:"memory,omitempty"`
	// End ends the session after this turn.
	End bool `json:"end,omitempty"`
	// Files are files for the agent to read or to work on.
	Files []AgentFile `json:"files,omitempty"`
	// Invocation and Results answer a [ReturnControl]: its Invocation, and a result for each of its Calls.
	Invocation string        `json:"invocation,omitempty"`
	Results    []AgentResult `json:"results,omitempty"`
}

// AgentFile is a file, to an agent or from it.
type AgentFile struct {
	Name string `json:"name"`
	// MediaType is the MIME type of Bytes.
	MediaType string `json:"mediaType,omitempty"`
	// Bytes hold the file; S3 is where it is instead, for files to an agent.
	Bytes []byte `json:"bytes,omitempty"`
	S3    string `json:"s3,omitempty"`
	// UseCase is "CHAT" (the default) or "CODE_INTERPRETER", for files to an agent.
	UseCase string `json:"useCase,omitempty"`
}

// Reply is what an agent says.
type Reply struct {
	Text      string           `json:"text"`
	Session   string           `json:"session"`
	Memory    string           `json:"memory,omitempty"`
	Citations []AnswerCitation `json:"citations,omitempty"`
	Files     []AgentFile      `json:"files,omitempty"`
	// ReturnControl is set if the agent wants calls made before it goes on; answer them in the next [Turn].
	ReturnControl *ReturnControl `json:"returnControl,omitempty"`
	// Trace holds the agent's steps in the service's own JSON, if Request.EnableTrace asks for them. They hold prompts and data.
	Trace []map[string]any `json:"trace,omitempty"`
}

// ReturnControl are calls that an agent leaves to its caller.
type ReturnControl struct {
	Invocation string      `json:"invocation"`
	Calls      []AgentCall `json:"calls"`
}

// AgentCall is a call of a function or of an HTTP API.
type AgentCall struct {
	ActionGroup string `json:"actionGroup,omitempty"`
	// Function is the function's name; empty for an API.
	Function string `json:"function,omitempty"`
	// Path and Method are those of the API.
	Path   string `json:"apiPath,omitempty"`
	Method string `json:"httpMethod,omitempty"`
	// Parameters are those of the function, or of the API's path and query.
	Parameters []AgentParameter `json:"parameters,omitempty"`
	// Body holds the properties of the request's body by content type.
	Body map[string][]AgentParameter `json:"body,omitempty"`
	// Mode is "RESULT", "USER_CONFIRMATION" or "USER_CONFIRMATION_AND_RESULT": what the answer has to be.
	Mode string `json:"actionInvocationType,omitempty"`
	// Agent and Collaborator say who asks, among several agents.
	Agent        string `json:"agentId,omitempty"`
	Collaborator string `json:"collaboratorName,omitempty"`
}

// AgentParameter is an argument.
type AgentParameter struct {
	Name  string `json:"name"`
	Type  string `json:"type,omitempty"`
	Value string `json:"value"`
}

// AgentResult answers an [AgentCall], whose ActionGroup, Function, Path, Method and Agent it repeats.
type AgentResult struct {
	ActionGroup string `json:"actionGroup,omitempty"`
	Function    string `json:"function,omitempty"`
	Path        string `json:"apiPath,omitempty"`
	Method      string `json:"httpMethod,omitempty"`
	Agent       string `json:"agentId,omitempty"`
	// Body is the result by content type; for a function that is "TEXT".
	Body map[string]string `json:"body,omitempty"`
	// Status is the API's HTTP status; 0 leaves it out.
	Status int `json:"httpStatusCode,omitempty"`
	// Confirmation is "CONFIRM" or "DENY", if the call asked for one.
	Confirmation string `json:"confirmationState,omitempty"`
	// State is "FAILURE" to end the turn with an error, or "REPROMPT" to have the agent try again.
	State string `json:"responseState,omitempty"`
}

// AgentEvent is a piece of an agent's reply; each has one of its fields, and the first has Session and Memory.
type AgentEvent struct {
	Session       string           `json:"session,omitempty"`
	Memory        string           `json:"memory,omitempty"`
	Text          string           `json:"text,omitempty"`
	Citations     []AnswerCitation `json:"citations,omitempty"`
	Files         []AgentFile      `json:"files,omitempty"`
	ReturnControl *ReturnControl   `json:"returnControl,omitempty"`
	Trace         map[string]any   `json:"trace,omitempty"`
}

// Say says one thing in a session of its own and gives the reply's text. If the agent wants calls made, the error is Model.Failed:
// use Invoke.
func (a *Agent) Say(ctx context.Context, text string) (string, error) {
	reply, err := a.Invoke(ctx, Turn{Text: text})
	if err != nil {
		return "", err
	}
	if reply.ReturnControl != nil {
		e := model.NewError(model.ErrFailed.Name, "InvokeAgent: the agent wants calls made, which Say cannot answer", nil)
		e.Retryable = false
		return "", e
	}
	return reply.Text, nil
}

// Invoke says something to the agent and gives the whole reply.
func (a *Agent) Invoke(ctx context.Context, turn Turn) (Reply, error) {
	var r Reply
	for ev, err := range a.Stream(ctx, turn) {
		if err != nil {
			return Reply{}, err
		}
		r.Text += ev.Text
		r.Citations = append(r.Citations, ev.Citations...)
		r.Files = append(r.Files, ev.Files...)
		if ev.Session != "" {
			r.Session, r.Memory = ev.Session, ev.Memory
		}
		if ev.ReturnControl != nil {
			r.ReturnControl = ev.ReturnControl
		}
		if ev.Trace != nil {
			r.Trace = append(r.Trace, ev.Trace)
		}
	}
	return r, nil
}

// Stream says something to the agent and gives the reply piece by piece. Nothing starts before the sequence is ranged over, and it may
// be ranged over once; an error comes last.
func (a *Agent) Stream(ctx context.Context, turn Turn) iter.Seq2[AgentEvent, error] {
	return func(yield func(AgentEvent, error) bool) {
		if missing(a.Client) {
			yield(AgentEvent{}, errNoClient)
			return
		}
		in, err := a.request(turn)
		if err != nil {
			yield(AgentEvent{}, err)
			return
		}
		start := AgentEvent{Session: aws.ToString(in.SessionId), Memory: aws.ToString(in.MemoryId)}
		var stream iter.Seq2[types.ResponseStream, error]
		if source, ok := a.Client.(AgentSource); ok {
			stream = source.AgentEvents(ctx, in)
		} else {
			out, err := a.Client.InvokeAgent(ctx, in, onceAgentStream)
			if err != nil {
				yield(AgentEvent{}, failure(ctx, "InvokeAgent", err))
				return
			}
			if out.SessionId != nil {
				start.Session = *out.SessionId
			}
			if out.MemoryId != nil {
				start.Memory = *out.MemoryId
			}
			stream = events(ctx, sdkStream[types.ResponseStream](out.GetStream()))
		}
		begun := false
		for part, err := range stream {
			if err != nil {
				yield(AgentEvent{}, brokenStream(ctx, "InvokeAgent", err))
				return
			}
			if !begun {
				begun = true
				if !yield(start, nil) {
					return
				}
			}
			evs, err := agentEvents(part)
			if err != nil {
				yield(AgentEvent{}, model.NewError(model.ErrStream.Name, "InvokeAgent: an event cannot be read", err))
				return
			}
			for _, ev := range evs {
				if !yield(ev, nil) {
					return
				}
			}
		}
		switch {
		case begun:
		case turn.End: // there need be nothing more to say
			yield(start, nil)
		default:
			yield(AgentEvent{}, model.NewError(model.ErrStream.Name, "InvokeAgent", errCut))
		}
	}
}

func (a *Agent) request(turn Turn) (*bedrockagentruntime.InvokeAgentInput, error) {
	in := a.Request
	switch {
	case turn.Session != "":
		in.SessionId = aws.String(turn.Session)
	case in.SessionId == nil:
		in.SessionId = aws.String("flow-" + rand.Text())
	}
	if turn.Text != "" {
		in.InputText = aws.String(turn.Text)
	}
	if turn.Memory != "" {
		in.MemoryId = aws.String(turn.Memory)
	}
	if turn.End {
		in.EndSession = aws.Bool(true)
	}
	state := types.SessionState{}
	if a.Request.SessionState != nil {
		state = *a.Request.SessionState
	}
	state.SessionAttributes = merged(state.SessionAttributes, turn.SessionAttributes)
	state.PromptSessionAttributes = merged(state.PromptSessionAttributes, turn.PromptAttributes)
	state.Files = append([]types.InputFile(nil), state.Files...)
	for _, f := range turn.Files {
		file, err := f.input()
		if err != nil {
			return nil, err
		}
		state.Files = append(state.Files, file)
	}
	if turn.Invocation != "" {
		state.InvocationId = aws.String(turn.Invocation)
	}
	for _, r := range turn.Results {
		state.ReturnControlInvocationResults = append(state.ReturnControlInvocationResults, r.member())
	}
	if a.Request.SessionState != nil || state.SessionAttributes != nil || state.PromptSessionAttributes != nil ||
		len(state.Files) > 0 || state.InvocationId != nil || state.ReturnControlInvocationResults != nil {
		in.SessionState = &state
	}
	return &in, nil
}

// merged is the first map with the second on top; neither is changed.
func merged(a, b map[string]string) map[string]string {
	if len(b) == 0 {
		return a
	}
	out := maps.Clone(a)
	if out == nil {
		out = make(map[string]string, len(b))
	}
	maps.Copy(out, b)
	return out
}

func (f AgentFile) input() (types.InputFile, error) {
	out := types.InputFile{Name: aws.String(f.Name), UseCase: types.FileUseCaseChat}
	if f.UseCase != "" {
		out.UseCase = types.FileUseCase(f.UseCase)
	}
	switch {
	case f.Bytes != nil && f.S3 != "":
		return out, invalid("file %q has bytes and a place in S3", f.Name)
	case f.S3 != "":
		out.Source = &types.FileSource{SourceType: types.FileSourceTypeS3, S3Location: &types.S3ObjectFile{Uri: aws.String(f.S3)}}
	default:
		out.Source = &types.FileSource{
			SourceType:  types.FileSourceTypeByteContent,
			ByteContent: &types.ByteContentFile{Data: f.Bytes, MediaType: aws.String(f.MediaType)},
		}
	}
	return out, nil
}

func (r AgentResult) member() types.InvocationResultMember {
	body := make(map[string]types.ContentBody, len(r.Body))
	for contentType, text := range r.Body {
		body[contentType] = types.ContentBody{Body: aws.String(text)}
	}
	if r.Function != "" {
		return &types.InvocationResultMemberMemberFunctionResult{Value: types.FunctionResult{
			ActionGroup: aws.String(r.ActionGroup), Function: aws.String(r.Function), AgentId: optional(r.Agent), ResponseBody: body,
			ConfirmationState: types.ConfirmationState(r.Confirmation), ResponseState: types.ResponseState(r.State),
		}}
	}
	api := types.ApiResult{
		ActionGroup: aws.String(r.ActionGroup), ApiPath: optional(r.Path), HttpMethod: optional(r.Method), AgentId: optional(r.Agent), ResponseBody: body,
		ConfirmationState: types.ConfirmationState(r.Confirmation), ResponseState: types.ResponseState(r.State),
	}
	if r.Status != 0 {
		api.HttpStatusCode = aws.Int32(int32(r.Status))
	}
	return &types.InvocationResultMemberMemberApiResult{Value: api}
}

// agentEvents gives the events for one of the service's; none for one that is new to the SDK.
func agentEvents(part types.ResponseStream) ([]AgentEvent, error) {
	switch p := part.(type) {
	case *types.ResponseStreamMemberChunk:
		ev := AgentEvent{Text: string(p.Value.Bytes)}
		if p.Value.Attribution != nil {
			for _, c := range p.Value.Attribution.Citations {
				cited, err := answerCitation(c.GeneratedResponsePart, c.RetrievedReferences)
				if err != nil {
					return nil, err
				}
				ev.Citations = append(ev.Citations, *cited)
			}
		}
		return []AgentEvent{ev}, nil
	case *types.ResponseStreamMemberFiles:
		ev := AgentEvent{}
		for _, f := range p.Value.Files {
			ev.Files = append(ev.Files, AgentFile{Name: aws.ToString(f.Name), MediaType: aws.ToString(f.Type), Bytes: f.Bytes})
		}
		return []AgentEvent{ev}, nil
	case *types.ResponseStreamMemberReturnControl:
		control := &ReturnControl{Invocation: aws.ToString(p.Value.InvocationId), Calls: []AgentCall{}}
		for i, in := range p.Value.InvocationInputs {
			// For a member that it does not know, the SDK (1.63) repeats the pointer of the element before, or leaves nil.
			if in == nil || i > 0 && in == p.Value.InvocationInputs[i-1] {
				return nil, model.NewError(model.ErrFailed.Name, "the agent wants a call of a kind that this version of the SDK cannot read", nil)
			}
			control.Calls = append(control.Calls, agentCall(in))
		}
		return []AgentEvent{{ReturnControl: control}}, nil
	case *types.ResponseStreamMemberTrace:
		trace, err := shape[map[string]any](p.Value)
		return []AgentEvent{{Trace: trace}}, err
	}
	return nil, nil
}

func agentCall(in types.InvocationInputMember) AgentCall {
	switch m := in.(type) {
	case *types.InvocationInputMemberMemberFunctionInvocationInput:
		v := m.Value
		c := AgentCall{
			ActionGroup: aws.ToString(v.ActionGroup), Function: aws.ToString(v.Function), Mode: string(v.ActionInvocationType),
			Agent: aws.ToString(v.AgentId), Collaborator: aws.ToString(v.CollaboratorName),
		}
		for _, p := range v.Parameters {
			c.Parameters = append(c.Parameters, AgentParameter{aws.ToString(p.Name), aws.ToString(p.Type), aws.ToString(p.Value)})
		}
		return c
	case *types.InvocationInputMemberMemberApiInvocationInput:
		v := m.Value
		c := AgentCall{
			ActionGroup: aws.ToString(v.ActionGroup), Path: aws.ToString(v.ApiPath), Method: aws.ToString(v.HttpMethod),
			Mode: string(v.ActionInvocationType), Agent: aws.ToString(v.AgentId), Collaborator: aws.ToString(v.CollaboratorName),
		}
		for _, p := range v.Parameters {
			c.Parameters = append(c.Parameters, AgentParameter{aws.ToString(p.Name), aws.ToString(p.Type), aws.ToString(p.Value)})
		}
		if v.RequestBody != nil {
			c.Body = map[string][]AgentParameter{}
			for contentType, content := range v.RequestBody.Content {
				for _, p := range content.Properties {
					c.Body[contentType] = append(c.Body[contentType], AgentParameter{aws.ToString(p.Name), aws.ToString(p.Type), aws.ToString(p.Value)})
				}
			}
		}
		return c
	}
	return AgentCall{}
}
