package bedrock

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"

	"github.com/flowstone-go/flow/model"
)

// AnswerClient is what an [Answerer] needs. *bedrockagentruntime.Client has it, and RetrieveAndGenerateStream too, which
// [Answerer.Stream] uses where a client has it.
type AnswerClient interface {
	RetrieveAndGenerate(context.Context, *bedrockagentruntime.RetrieveAndGenerateInput, ...func(*bedrockagentruntime.Options)) (*bedrockagentruntime.RetrieveAndGenerateOutput, error)
}

type answerStreamClient interface {
	RetrieveAndGenerateStream(context.Context, *bedrockagentruntime.RetrieveAndGenerateStreamInput, ...func(*bedrockagentruntime.Options)) (*bedrockagentruntime.RetrieveAndGenerateStreamOutput, error)
}

// Answerer answers questions from a knowledge base, or from documents handed over, with RetrieveAndGenerate. Its methods are tasks. It
// is safe for concurrent use.
type Answerer struct {
	// Client makes the calls. Required.
	Client AnswerClient
	// Request is what each call begins with: the configuration with its knowledge base and model, and whatever else of the SDK's
	// request is wanted. Question, session and user are set by the call.
	Request bedrockagentruntime.RetrieveAndGenerateInput
}

// Question is a question in a conversation.
type Question struct {
	Text string `json:"text"`
	// Session continues a conversation: [Answer].Session; empty begins one.
	Session string `json:"session,omitempty"`
	// User is the id of the user on whose behalf the search is made; empty leaves that of Request.
	User string `json:"user,omitempty"`
}

// Answer is an answer with its sources.
type Answer struct {
	Text      string           `json:"text"`
	Session   string           `json:"session,omitempty"`
	Citations []AnswerCitation `json:"citations,omitempty"`
	// Guardrail is "INTERVENED" if a guardrail put its message in place of the answer, else "NONE" or empty.
	Guardrail string `json:"guardrail,omitempty"`
}

// AnswerCitation ties a part of an answer to the passages it rests on.
type AnswerCitation struct {
	// Text is the part, from Start to End in characters of the answer, as the service counts them.
	Text  string `json:"text,omitempty"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	// References are the passages; they have no score.
	References []Passage `json:"references,omitempty"`
}

// AnswerEvent is a piece of a streamed answer; each has one of its fields, and the first has Session alone.
type AnswerEvent struct {
	Session   string          `json:"session,omitempty"`
	Text      string          `json:"text,omitempty"`
	Citation  *AnswerCitation `json:"citation,omitempty"`
	Guardrail string          `json:"guardrail,omitempty"`
}

// Ask answers a question outside of a conversation.
func (a *Answerer) Ask(ctx context.Context, text string) (Answer, error) {
	return a.Answer(ctx, Question{Text: text})
}

// Answer answers a question. That a guardrail intervened is no error.
func (a *Answerer) Answer(ctx context.Context, q Question) (Answer, error) {
	if missing(a.Client) {
		return Answer{}, errNoClient
	}
	in := a.request(q)
	out, err := a.Client.RetrieveAndGenerate(ctx, &in, onceAgent)
	if err != nil {
		return Answer{}, failure(ctx, "RetrieveAndGenerate", err)
	}
	answer := Answer{Session: aws.ToString(out.SessionId), Guardrail: string(out.GuardrailAction)}
	if out.Output != nil {
		answer.Text = aws.ToString(out.Output.Text)
	}
	for _, c := range out.Citations {
		cited, err := answerCitation(c.GeneratedResponsePart, c.RetrievedReferences)
		if err != nil {
			return Answer{}, err
		}
		answer.Citations = append(answer.Citations, *cited)
	}
	return answer, nil
}

func (a *Answerer) request(q Question) bedrockagentruntime.RetrieveAndGenerateInput {
	in := a.Request
	in.Input = &types.RetrieveAndGenerateInput{Text: aws.String(q.Text)}
	if q.Session != "" {
		in.SessionId = aws.String(q.Session)
	}
	if q.User != "" {
		in.UserContext = &types.UserContext{UserId: aws.String(q.User)}
	}
	return in
}

func answerCitation(part *types.GeneratedResponsePart, references []types.RetrievedReference) (*AnswerCitation, error) {
	c := &AnswerCitation{}
	if part != nil && part.TextResponsePart != nil {
		c.Text = aws.ToString(part.TextResponsePart.Text)
		if span := part.TextResponsePart.Span; span != nil {
			c.Start, c.End = int(aws.ToInt32(span.Start)), int(aws.ToInt32(span.End))
		}
	}
	if len(references) == 0 {
		return c, nil
	}
	var err error
	if c.References, err = shape[[]Passage](references); err != nil {
		return nil, model.NewError(model.ErrFailed.Name, "the references of an answer cannot be read", err)
	}
	return c, nil
}

// Stream answers a question piece by piece. Nothing starts before the sequence is ranged over, and it may be ranged over once; an error
// comes last. A client without RetrieveAndGenerateStream gives the answer in one piece.
func (a *Answerer) Stream(ctx context.Context, q Question) iter.Seq2[AnswerEvent, error] {
	return func(yield func(AnswerEvent, error) bool) {
		client, ok := a.Client.(answerStreamClient)
		if !ok || missing(a.Client) {
			answer, err := a.Answer(ctx, q)
			if err != nil {
				yield(AnswerEvent{}, err)
				return
			}
			answer.events(yield)
			return
		}
		in := a.request(q)
		out, err := client.RetrieveAndGenerateStream(ctx, &bedrockagentruntime.RetrieveAndGenerateStreamInput{
			Input: in.Input, RetrieveAndGenerateConfiguration: in.RetrieveAndGenerateConfiguration,
			SessionConfiguration: in.SessionConfiguration, SessionId: in.SessionId, UserContext: in.UserContext,
		}, onceAgentStream)
		if err != nil {
			yield(AnswerEvent{}, failure(ctx, "RetrieveAndGenerateStream", err))
			return
		}
		stream := events(ctx, sdkStream[types.RetrieveAndGenerateStreamResponseOutput](out.GetStream()))
		begun := false
		for part, err := range stream {
			if !begun {
				begun = true
				if !yield(AnswerEvent{Session: aws.ToString(out.SessionId)}, nil) {
					return
				}
			}
			if err != nil {
				yield(AnswerEvent{}, brokenStream(ctx, "RetrieveAndGenerateStream", err))
				return
			}
			ev, known, err := answerEvent(part)
			if err != nil {
				yield(AnswerEvent{}, err)
				return
			}
			if known && !yield(ev, nil) {
				return
			}
		}
		if !begun {
			yield(AnswerEvent{}, model.NewError(model.ErrStream.Name, "RetrieveAndGenerateStream", errCut))
		}
	}
}

func answerEvent(part types.RetrieveAndGenerateStreamResponseOutput) (ev AnswerEvent, known bool, err error) {
	switch p := part.(type) {
	case *types.RetrieveAndGenerateStreamResponseOutputMemberOutput:
		return AnswerEvent{Text: aws.ToString(p.Value.Text)}, true, nil
	case *types.RetrieveAndGenerateStreamResponseOutputMemberGuardrail:
		return AnswerEvent{Guardrail: string(p.Value.Action)}, true, nil
	case *types.RetrieveAndGenerateStreamResponseOutputMemberCitation:
		generated, references := p.Value.GeneratedResponsePart, p.Value.RetrievedReferences
		if old := p.Value.Citation; old != nil && generated == nil && references == nil { //nolint:staticcheck // its place before
			generated, references = old.GeneratedResponsePart, old.RetrievedReferences
		}
		c, err := answerCitation(generated, references)
		return AnswerEvent{Citation: c}, true, err
	}
	return AnswerEvent{}, false, nil // an event that is new to the SDK
}

// events gives a whole answer as a stream.
func (a *Answer) events(yield func(AnswerEvent, error) bool) {
	if !yield(AnswerEvent{Session: a.Session}, nil) || !yield(AnswerEvent{Text: a.Text}, nil) {
		return
	}
	for i := range a.Citations {
		if !yield(AnswerEvent{Citation: &a.Citations[i]}, nil) {
			return
		}
	}
	if a.Guardrail != "" {
		yield(AnswerEvent{Guardrail: a.Guardrail}, nil)
	}
}

// brokenStream names the error of a stream that was open.
func brokenStream(ctx context.Context, op string, err error) error {
	t := translator{open: true}
	return t.failure(ctx, op, err)
}
