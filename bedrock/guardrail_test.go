package bedrock_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"

	agenttypes "github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const (
	nothingFound = `{"action":"NONE","outputs":[],"assessments":[{}],"usage":{"topicPolicyUnits":1,"contentPolicyUnits":1,"wordPolicyUnits":1,
		"sensitiveInformationPolicyUnits":1,"sensitiveInformationPolicyFreeUnits":1,"contextualGroundingPolicyUnits":0},"guardrailCoverage":{"textCharacters":{"guarded":5,"total":5}}}`
	masked = `{"action":"GUARDRAIL_INTERVENED","actionReason":"Guardrail masked.","outputs":[{"text":"Write to {EMAIL}"}],
		"assessments":[{"sensitiveInformationPolicy":{"piiEntities":[{"type":"EMAIL","match":"ada@example.com","action":"ANONYMIZED","detected":true}],"regexes":[]}}]}`
	blocked = `{"action":"GUARDRAIL_INTERVENED","outputs":[{"text":"I cannot talk about that."}],
		"assessments":[{"topicPolicy":{"topics":[{"name":"Weapons","type":"DENY","action":"BLOCKED"}]},
			"sensitiveInformationPolicy":{"piiEntities":[{"type":"EMAIL","match":"ada@example.com","action":"ANONYMIZED"}],"regexes":[{"name":"r","match":"x1","regex":"x.","action":"NONE"}]},
			"wordPolicy":{"customWords":[{"match":"gun","action":"NONE"}],"managedWordLists":[{"match":"damn","type":"PROFANITY","action":"NONE"}]}}]}`
	unexplained = `{"action":"GUARDRAIL_INTERVENED","outputs":[{"text":"No."}],"assessments":[]}`
)

func TestGuardrailVerdicts(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer string
		keep   bool
		want   bedrock.Verdict
		pass   string // "" where the text is blocked
	}{
		{"nothing found", nothingFound, false, bedrock.Verdict{
			Text: "Hello", Assessments: []bedrock.Assessment{{}},
			Usage:    &bedrock.GuardrailUsage{TopicUnits: 1, ContentUnits: 1, WordUnits: 1, SensitiveUnits: 1, SensitiveFreeUnits: 1},
			Coverage: &bedrock.GuardrailCoverage{TextCharacters: &bedrock.Covered{Guarded: 5, Total: 5}},
		}, "Hello"},
		{"masked", masked, false, bedrock.Verdict{
			Intervened: true, Text: "Write to {EMAIL}", Outputs: []string{"Write to {EMAIL}"}, Reason: "Guardrail masked.",
			Assessments: []bedrock.Assessment{{Sensitive: &bedrock.SensitivePolicy{
				Entities: []bedrock.PIIMatch{{Type: "EMAIL", Action: "ANONYMIZED", Detected: new(true)}}, Regexes: []bedrock.RegexMatch{},
			}}},
		}, "Write to {EMAIL}"},
		{"masked, with what was found", masked, true, bedrock.Verdict{
			Intervened: true, Text: "Write to {EMAIL}", Outputs: []string{"Write to {EMAIL}"}, Reason: "Guardrail masked.",
			Assessments: []bedrock.Assessment{{Sensitive: &bedrock.SensitivePolicy{
				Entities: []bedrock.PIIMatch{{Type: "EMAIL", Match: "ada@example.com", Action: "ANONYMIZED", Detected: new(true)}}, Regexes: []bedrock.RegexMatch{},
			}}},
		}, "Write to {EMAIL}"},
		{"blocked, though something is masked too", blocked, false, bedrock.Verdict{
			Intervened: true, Blocked: true, Text: "I cannot talk about that.", Outputs: []string{"I cannot talk about that."},
			Assessments: []bedrock.Assessment{{
				Topics: &bedrock.TopicPolicy{Topics: []bedrock.Topic{{Name: "Weapons", Type: "DENY", Action: "BLOCKED"}}},
				Sensitive: &bedrock.SensitivePolicy{
					Entities: []bedrock.PIIMatch{{Type: "EMAIL", Action: "ANONYMIZED"}}, Regexes: []bedrock.RegexMatch{{Name: "r", Regex: "x.", Action: "NONE"}},
				},
				Words: &bedrock.WordPolicy{Custom: []bedrock.WordMatch{{Action: "NONE"}}, Managed: []bedrock.WordMatch{{Type: "PROFANITY", Action: "NONE"}}},
			}},
		}, ""},
		{"blocked for a reason that is not told", unexplained, false, bedrock.Verdict{
			Intervened: true, Blocked: true, Text: "No.", Outputs: []string{"No."}, Assessments: []bedrock.Assessment{},
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t).On("ApplyGuardrail", wire.JSON(tc.answer))
			g := &bedrock.Guardrail{Client: runtime(s), ID: "gr1", Version: "3", KeepMatches: tc.keep}
			got, err := g.Input(t.Context(), "Hello")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
			for i, pass := range []string{first(g.PassInput(t.Context(), "Hello")), first(g.PassOutput(t.Context(), "Hello"))} {
				if tc.pass == "" && !strings.HasPrefix(pass, "Model.Guardrail: the guardrail blocked the text: "+tc.want.Text) || tc.pass != "" && pass != tc.pass {
					t.Errorf("pass %d: %q, want %q", i, pass, tc.pass)
				}
			}
			calls := s.Requests("ApplyGuardrail")
			if want := []string{"guardrail", "gr1", "version", "3", "apply"}; !cmp.Equal(want, calls[0].Path) {
				t.Errorf("path %v", calls[0].Path)
			}
			equalJSON(t, `{"source":"INPUT","content":[{"text":{"text":"Hello"}}]}`, calls[0].Body)
			equalJSON(t, `{"source":"OUTPUT","content":[{"text":{"text":"Hello"}}]}`, calls[2].Body)
		})
	}
}

// first is the text, or the error.
func first(text string, err error) string {
	if err != nil {
		if text != "" {
			return "a text beside an error"
		}
		return err.Error()
	}
	return text
}

func TestGuardrailContents(t *testing.T) {
	s := newServer(t).On("ApplyGuardrail", wire.JSON(nothingFound))
	g := &bedrock.Guardrail{Client: runtime(s), ID: "arn:aws:bedrock:us-east-1:123456789012:guardrail/gr1", Full: true}
	v, err := g.Check(t.Context(), bedrock.Guarded{Output: true, Content: []bedrock.GuardedContent{
		{Text: "source", Qualifiers: []string{"grounding_source"}}, {Image: []byte("i"), ImageFormat: "png"}, {Text: "answer"},
	}})
	if err != nil || v.Text != "source\nanswer" {
		t.Fatalf("%v, %v", v, err)
	}
	call := s.Requests("ApplyGuardrail")[0]
	equalJSON(t, `{"source":"OUTPUT","outputScope":"FULL","content":[{"text":{"text":"source","qualifiers":["grounding_source"]}},
		{"image":{"format":"png","source":{"bytes":"aQ=="}}},{"text":{"text":"answer"}}]}`, call.Body)
	if call.Path[1] != g.ID || call.Path[3] != "DRAFT" {
		t.Errorf("path %v", call.Path)
	}
	if _, err := g.Check(t.Context(), bedrock.Guarded{Content: []bedrock.GuardedContent{{Text: "x", Image: []byte("i")}}}); !errors.Is(err, model.ErrValidation) {
		t.Errorf("text and image: %v", err)
	}
	s.On("ApplyGuardrail", wire.Error(429, "ThrottlingException", "slow"))
	if _, err := g.PassInput(t.Context(), "x"); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("error %v", err)
	}
	if _, err := (&bedrock.Guardrail{}).Input(t.Context(), "x"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
	if n := len(s.Requests("")); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// covers reports the fields of an SDK type, all the way down, that have no JSON name in the type of ours.
func covers(t *testing.T, members map[string][]string, path string, theirs, ours reflect.Type) {
	t.Helper()
	theirs, ours = inner(theirs), inner(ours)
	if strings.HasSuffix(theirs.String(), "document.Interface") || ours.Kind() == reflect.Interface {
		return
	}
	if theirs.Kind() == reflect.Interface {
		for _, member := range members[theirs.Name()] {
			name := strings.ToLower(member[:1]) + member[1:]
			if _, ok := jsonField(ours, name); !ok {
				t.Errorf("%s: member %q is missing in %s", path, name, ours)
			}
		}
		if len(members[theirs.Name()]) == 0 {
			t.Errorf("%s: union %s has no members", path, theirs)
		}
		return
	}
	if theirs.Kind() != reflect.Struct || ours.Kind() != reflect.Struct {
		return
	}
	for f := range theirs.Fields() {
		if !f.IsExported() {
			continue
		}
		name := string(unicode.ToLower(rune(f.Name[0]))) + f.Name[1:]
		own, ok := jsonField(ours, name)
		if !ok {
			t.Errorf("%s.%s is missing in %s", path, name, ours)
			continue
		}
		covers(t, members, path+"."+name, f.Type, own.Type)
	}
}

func inner(typ reflect.Type) reflect.Type {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && typ.Elem().Kind() != reflect.Uint8 || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	return typ
}

func jsonField(typ reflect.Type, name string) (reflect.StructField, bool) {
	for f := range typ.Fields() {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func TestOurValuesHaveEveryFieldOfTheirs(t *testing.T) {
	members := readSDK(t).members
	covers(t, members, "assessment", reflect.TypeFor[types.GuardrailAssessment](), reflect.TypeFor[bedrock.Assessment]())
	for _, finding := range []reflect.Type{
		reflect.TypeFor[types.GuardrailAutomatedReasoningValidFinding](), reflect.TypeFor[types.GuardrailAutomatedReasoningInvalidFinding](),
		reflect.TypeFor[types.GuardrailAutomatedReasoningSatisfiableFinding](), reflect.TypeFor[types.GuardrailAutomatedReasoningImpossibleFinding](),
		reflect.TypeFor[types.GuardrailAutomatedReasoningTranslationAmbiguousFinding](),
	} {
		covers(t, members, "finding", finding, reflect.TypeFor[bedrock.ReasoningFinding]())
	}
	covers(t, nil, "passage", reflect.TypeFor[agenttypes.KnowledgeBaseRetrievalResult](), reflect.TypeFor[bedrock.Passage]())
}

func TestAnAssessmentOfEverything(t *testing.T) {
	// The service's JSON in, the same JSON out: nothing on the way changes or drops it.
	const assessment = `{
		"appliedGuardrailDetails":{"guardrailArn":"a","guardrailId":"g","guardrailOrigin":["REQUEST"],"guardrailOwnership":"SELF","guardrailVersion":"1"},
		"topicPolicy":{"topics":[{"name":"n","type":"DENY","action":"NONE","detected":true}]},
		"contentPolicy":{"filters":[{"type":"HATE","confidence":"LOW","filterStrength":"HIGH","action":"NONE","detected":false}]},
		"contextualGroundingPolicy":{"filters":[{"type":"GROUNDING","score":0.25,"threshold":0.5,"action":"NONE","detected":true}]},
		"automatedReasoningPolicy":{"findings":[
			{"valid":{"translation":{"claims":[{"logic":"l","naturalLanguage":"n"}],"confidence":0.75,"untranslatedClaims":[{"text":"u"}]},"supportingRules":[{"identifier":"i","policyVersionArn":"p"}],
				"claimsTrueScenario":{"statements":[{"logic":"x"}]},"logicWarning":{"type":"ALWAYS_TRUE","premises":[{"logic":"y"}]}}},
			{"tooComplex":{}},{"translationAmbiguous":{"options":[{"translations":[{"confidence":0.5}]}],"differenceScenarios":[{"statements":[{"logic":"z"}]}]}}]},
		"invocationMetrics":{"guardrailProcessingLatency":12,"guardrailCoverage":{"images":{"guarded":1,"total":2}},
			"usage":{"topicPolicyUnits":1,"contentPolicyUnits":2,"wordPolicyUnits":3,"sensitiveInformationPolicyUnits":4,"sensitiveInformationPolicyFreeUnits":5,
				"contextualGroundingPolicyUnits":6,"contentPolicyImageUnits":7,"automatedReasoningPolicyUnits":8,"automatedReasoningPolicies":9}}}`
	s := newServer(t).On("ApplyGuardrail", wire.JSON(`{"action":"NONE","outputs":[],"assessments":[`+assessment+`]}`))
	v, err := (&bedrock.Guardrail{Client: runtime(s), ID: "g"}).Input(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(v.Assessments[0])
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, assessment, got)
}
