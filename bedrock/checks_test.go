package bedrock_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

func TestChecks(t *testing.T) {
	s := newServer(t).On("InvokeGuardrailChecks", wire.JSON(`{
		"results":{
			"contentFilter":{"results":[{"category":"HATE","severityScore":0.1},{"category":"INSULTS","severityScore":0.8}]},
			"promptAttack":{"results":[{"category":"JAILBREAK","severityScore":0.3}]},
			"sensitiveInformation":{"truncated":true,"results":[{"type":"EMAIL","messageIndex":0,"contentIndex":1,"beginOffset":3,"endOffset":9,"confidenceScore":0.95}]}},
		"usage":{"contentFilter":{"textUnits":2},"promptAttack":{"textUnits":1},"sensitiveInformation":{"textUnits":3}}}`), wire.JSON(`{"results":{},"usage":{}}`))
	all := &bedrock.Checks{Client: runtime(s), Content: []string{"HATE", "INSULTS"}, Attacks: []string{"JAILBREAK"}, Entities: []string{"EMAIL", "PHONE"}}
	got, err := all.Messages(t.Context(), []model.Message{
		{Role: model.System, Content: model.Texts("Be kind.", "Always.")}, model.UserText("You fool"), model.AssistantText("Well."),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := bedrock.Findings{
		Content:  []bedrock.CheckScore{{Category: "HATE", Severity: 0.1}, {Category: "INSULTS", Severity: 0.8}},
		Attacks:  []bedrock.CheckScore{{Category: "JAILBREAK", Severity: 0.3}},
		Worst:    0.8,
		Entities: []bedrock.FoundEntity{{Type: "EMAIL", Message: 0, Content: 1, Begin: 3, End: 9, Confidence: 0.95}}, Truncated: true,
		Units: 6,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	one := &bedrock.Checks{Client: runtime(s), Attacks: []string{"PROMPT_INJECTION"}}
	for name, look := range map[string]func() (bedrock.Findings, error){
		"user":      func() (bedrock.Findings, error) { return one.Input(t.Context(), "x") },
		"assistant": func() (bedrock.Findings, error) { return one.Output(t.Context(), "x") },
	} {
		got, err := look()
		if diff := cmp.Diff(bedrock.Findings{}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		calls := s.Requests("InvokeGuardrailChecks")
		equalJSON(t, `{"checks":{"promptAttack":{"categories":[{"category":"PROMPT_INJECTION"}]}},"messages":[{"role":"`+name+`","content":[{"text":"x"}]}]}`, calls[len(calls)-1].Body)
	}
	equalJSON(t, `{"checks":{"contentFilter":{"categories":[{"category":"HATE"},{"category":"INSULTS"}]},"promptAttack":{"categories":[{"category":"JAILBREAK"}]},
			"sensitiveInformation":{"entities":[{"type":"EMAIL"},{"type":"PHONE"}]}},
		"messages":[{"role":"system","content":[{"text":"Be kind."},{"text":"Always."}]},{"role":"user","content":[{"text":"You fool"}]},
			{"role":"assistant","content":[{"text":"Well."}]}]}`, s.Requests("InvokeGuardrailChecks")[0].Body)
}

func TestChecksFail(t *testing.T) {
	s := newServer(t).On("InvokeGuardrailChecks", wire.Error(429, "ThrottlingException", "slow down"))
	c := &bedrock.Checks{Client: runtime(s), Content: []string{"HATE"}}
	if _, err := c.Input(t.Context(), "x"); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("error %v", err)
	}
	if n := len(s.Requests("")); n != 1 {
		t.Errorf("%d calls, want one: the SDK must not retry", n)
	}
	for want, block := range map[error]model.Content{model.ErrUnsupported: &model.Image{}, model.ErrValidation: nil} {
		if _, err := c.Messages(t.Context(), []model.Message{{Role: model.User, Content: model.Contents{block}}}); !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	if _, err := (&bedrock.Checks{}).Input(t.Context(), "x"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
}
