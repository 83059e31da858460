package flow_test

import (
	"context"
	"errors"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/prompt"
)

// Complaint is what the flows of the examples are given.
type Complaint struct {
	From string `json:"from"`
	Text string `json:"text"`
}

// Triage is what a model is to say of a complaint. The tags tell it more.
type Triage struct {
	Topic  string `json:"topic" enum:"delivery,product,invoice"`
	Urgent bool   `json:"urgent" description:"true if somebody should act today"`
}

var complaint = Complaint{From: "Ada", Text: "My parcel has been on its way for a month."}

// A model's answer as a Go value: its schema is made of the type, and an answer
// that does not fit is asked for again.
func ExamplePrompt() {
	m := mock.New() // bedrock.New and openai.New make real ones
	m.When().JSON(Triage{"delivery", true})

	f := flow.New[Complaint, Triage]("triage").Then(
		flow.Prompt[Triage]("Sort", m).
			System("You sort complaints.").
			Text("{{from}} writes:\n\n{{text}}").
			MaxTokens(100).
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second, MaxAttempts: 3}),
	).Must()

	fmt.Println(f.Run(context.Background(), complaint))
	// Output: {delivery true} <nil>
}

// A prompt that is kept in a file, with its settings.
func ExamplePromptNode_Of() {
	files := fstest.MapFS{"sort.md": {Data: []byte("---\nsettings: {maxTokens: 100}\nvariables: [text]\n---\nWhat is this about? {{text}}")}} // an embed.FS in a program
	prompts, err := prompt.Load(files)
	if err != nil {
		fmt.Println(err)
	}
	sort, err := prompts.Get("sort")
	if err != nil {
		fmt.Println(err)
	}
	f := flow.New[Complaint, string]("triage").Then(flow.Prompt[string]("Sort", mock.Echo()).Of(sort)).Must()

	fmt.Println(f.Run(context.Background(), complaint))
	// Output: What is this about? My parcel has been on its way for a month. <nil>
}

// A second model that answers where the first one fails.
func ExamplePromptNode_Fallback() {
	first, second := mock.New(), mock.Always("delivery")
	first.When().Fail(model.ErrUnavailable)

	f := flow.New[Complaint, string]("triage").Then(flow.Prompt[string]("Sort", first).Text("{{text}}").Fallback(second)).Must()
	fmt.Println(f.Run(context.Background(), complaint))
	// Output: delivery <nil>
}

// A model with a tool.
func ExampleAgent() {
	type Parcel struct {
		ID int `json:"id" description:"The number of the parcel"`
	}
	track := flow.Tool("track", "Tells where a parcel is.", func(_ context.Context, p Parcel) (string, error) {
		return fmt.Sprintf("parcel %d is in Graz", p.ID), nil
	})

	m := mock.New()
	m.When(mock.AskedHas("parcel")).ToolCall("track", Parcel{7})
	m.When(mock.ToolResult("track", "Graz")).Text("It is in Graz.")

	f := flow.New[Complaint, string]("support").Then(
		flow.Agent[string]("Support", m, track).System("Help {{from}}.").Text("{{text}}").MaxTokens(300).MaxTurns(5),
	).Must()
	fmt.Println(f.Run(context.Background(), complaint))
	// Output: It is in Graz. <nil>
}

// A flow as a tool.
func ExampleToolFlow() {
	refund := flow.New[Complaint, string]("refund").Then(
		flow.Task("Pay", func(_ context.Context, c Complaint) (string, error) { return "paid to " + c.From, nil }),
	).Must()

	m := mock.New()
	m.When(mock.AskedHas("parcel")).ToolCall("refund", complaint)
	m.When(mock.ToolResult("refund", "paid")).Text("Your money is on its way.")

	f := flow.New[Complaint, string]("support").Then(
		flow.Agent[string]("Support", m, flow.ToolFlow("refund", "Pays the money back.", refund)).Text("{{text}}"),
	).Must()
	fmt.Println(f.Run(context.Background(), complaint))
	// Output: Your money is on its way. <nil>
}

// A model that all flows of a program share, within the limits of its account.
func ExampleLimit() {
	m := flow.Limit(mock.Echo(), flow.RPM(600), flow.TPM(100_000), flow.InFlight(4))

	f := flow.New[Complaint, string]("triage").Then(flow.Prompt[string]("Sort", m).Text("{{text}}").MaxTokens(100)).Must()
	fmt.Println(f.Run(context.Background(), complaint))
	// Output: My parcel has been on its way for a month. <nil>
}

// An execution that may cost a cent and no more. Build knows the prices of its
// models, or says that it does not.
func ExampleBudget() {
	triage := func(id string) (*flow.Flow[Complaint, string], error) {
		m := mock.Always("…").Named(id)
		return flow.New[Complaint, string]("triage").Then(flow.Prompt[string]("Sort", m).Text("{{text}}").MaxTokens(10_000)).
			Build(flow.Budget(0.01, model.BedrockPrices()))
	}
	f, err := triage("amazon.nova-pro-v1:0")
	if err != nil {
		fmt.Println(err)
	}
	_, err = f.Run(context.Background(), complaint)
	fmt.Println(errors.Is(err, flow.ErrBudget), err)

	_, err = triage("my-own-model")
	problems, _ := errors.AsType[*flow.BuildError](err)
	fmt.Println(problems.Problems[0].Text)
	// Output:
	// true state "Sort": Budget.Exceeded: a call of the model "amazon.nova-pro-v1:0" could cost $0.032009, and $0.010000 is left of $0.01
	// no price is known for the model "my-own-model"
}

// A model that a task of one's own asks, counted as that of a Prompt.
func ExampleMetered() {
	m := mock.New()
	m.When().Text("sorry").Usage(100, 20).Always()
	judge := flow.Metered(m)

	f := flow.New[Complaint, string]("triage").Then(
		flow.Task("Judge", func(ctx context.Context, c Complaint) (string, error) {
			resp, err := judge.Generate(ctx, &model.Request{Messages: []model.Message{model.UserText(c.Text)}, MaxTokens: 300})
			if err != nil {
				return "", err
			}
			return resp.Text(), nil
		}),
	).Must()
	exec := f.Start(context.Background(), complaint)
	fmt.Println(exec.Wait(context.Background()))
	fmt.Println(exec.UsageByState()["Judge"].Total(), "tokens")
	// Output:
	// sorry <nil>
	// 120 tokens
}

// What a run has used.
func ExampleMeter() {
	m := mock.New().Named("amazon.nova-lite-v1:0")
	m.When().Text("delivery").Usage(1000, 200)
	f := flow.New[Complaint, string]("triage").Then(flow.Prompt[string]("Sort", m).Text("{{text}}").MaxTokens(300)).Must()

	var meter flow.Meter
	if _, err := f.Run(context.Background(), complaint, flow.Observe(meter.Observe)); err != nil {
		fmt.Println(err)
	}
	dollars, _ := meter.Cost(model.BedrockPrices())
	fmt.Printf("%d tokens, $%.6f, %d transitions\n", meter.ByState()["Sort"].Total(), dollars, meter.Transitions())
	// Output: 1200 tokens, $0.000108, 1 transitions
}

// A function in the place of a node, in a test.
func ExampleStandIn() {
	f := flow.New[Complaint, string]("triage").Then(
		flow.Task("Store", func(context.Context, Complaint) (string, error) { return "", errors.New("no database here") }),
	).Must()

	stored := flow.StandIn("Store", func(_ context.Context, c Complaint) (string, error) { return "stored for " + c.From, nil })
	fmt.Println(f.Run(context.Background(), complaint, stored))
	// Output: stored for Ada <nil>
}
