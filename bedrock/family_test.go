package bedrock

import "testing"

func TestIDs(t *testing.T) {
	const arn = "arn:aws:bedrock:eu-west-1:123456789012:"
	for _, tc := range []struct {
		id         string
		family     Family
		structured bool
		foundation string // "" for the id itself
	}{
		{"anthropic.claude-3-5-sonnet-20241022-v2:0", Anthropic, false, ""},
		{"us.anthropic.claude-3-7-sonnet-20250219-v1:0", Anthropic, false, "anthropic.claude-3-7-sonnet-20250219-v1:0"},
		{"global.anthropic.claude-sonnet-4-20250514-v1:0", Anthropic, false, "anthropic.claude-sonnet-4-20250514-v1:0"},
		{"apac.anthropic.claude-sonnet-4-5-20250929-v1:0", Anthropic, true, "anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"anthropic.claude-opus-4-6-v1", Anthropic, true, ""},
		{"anthropic.claude-sonnet-5", Anthropic, true, ""},
		{"anthropic.claude-v2", Anthropic, false, ""},
		{"anthropic.claude-instant-v1", Anthropic, false, ""},
		{arn + "inference-profile/us-gov.anthropic.claude-haiku-4-5-20251001-v1:0", Anthropic, true, "anthropic.claude-haiku-4-5-20251001-v1:0"},
		{"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0", Nova, false, ""},
		{arn + "application-inference-profile/abc123", "", false, ""},
		{arn + "provisioned-model/abc123", "", false, ""},
		{arn + "prompt/PROMPT1234:3", "", false, ""},
		{"amazon.titan-text-premier-v1:0", TitanText, false, ""},
		{"amazon.titan-tg1-large", TitanText, false, ""},
		{"amazon.titan-embed-text-v2:0", "", false, ""},
		{"us.meta.llama4-maverick-17b-instruct-v1:0", Llama, false, "meta.llama4-maverick-17b-instruct-v1:0"},
		{"cohere.command-r-plus-v1:0", CohereCommandR, false, ""},
		{"cohere.command-light-text-v14", CohereCommand, false, ""},
		{"cohere.embed-english-v3", "", false, ""},
		{"ai21.jamba-1-5-large-v1:0", Jamba, false, ""},
		{"ai21.j2-ultra-v1", "", false, ""},
		{"mistral.mistral-large-2402-v1:0", MistralText, false, ""},
		{"mistral.mixtral-8x7b-instruct-v0:1", MistralText, false, ""},
		{"eu.mistral.pixtral-large-2502-v1:0", MistralChat, false, "mistral.pixtral-large-2502-v1:0"},
		{"deepseek.r1-v1:0", "", false, ""},
		{"", "", false, ""},
	} {
		foundation := tc.foundation
		if foundation == "" {
			foundation = tc.id
		}
		if got := familyOf(tc.id); got != tc.family {
			t.Errorf("%s: family %q, want %q", tc.id, got, tc.family)
		}
		if got := structuredByName(tc.id); got != tc.structured {
			t.Errorf("%s: structured output %v, want %v", tc.id, got, tc.structured)
		}
		if got := foundationModel(tc.id); got != foundation {
			t.Errorf("%s: foundation model %q, want %q", tc.id, got, foundation)
		}
	}
}
