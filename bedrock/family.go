package bedrock

import (
	"slices"
	"strconv"
	"strings"
)

// Family is a maker's kind of models: those that share a body for InvokeModel and names for what Converse has no field for.
type Family string

// The families.
const (
	// Anthropic are the Claude models, with the Messages API.
	Anthropic Family = "anthropic"
	// Nova are Amazon's Nova models.
	Nova Family = "nova"
	// TitanText are Amazon's Titan Text models.
	TitanText Family = "titan-text"
	// Llama are Meta's models from Llama 3 on.
	Llama Family = "llama"
	// CohereCommandR are Cohere's Command R and R+.
	CohereCommandR Family = "cohere-command-r"
	// CohereCommand are Cohere's older Command models, which complete a prompt.
	CohereCommand Family = "cohere-command"
	// Jamba are AI21's Jamba models.
	Jamba Family = "jamba"
	// MistralText are Mistral's models that complete a prompt: 7B, Mixtral and the first Large and Small.
	MistralText Family = "mistral-text"
	// MistralChat are Mistral's models that take messages, from Large 2 on.
	MistralChat Family = "mistral-chat"
)

// foundationModel is the model behind an inference profile that AWS defines, by its id or ARN: the id without its region. Other ids
// stay as they are.
func foundationModel(id string) string {
	if strings.HasPrefix(id, "arn:") && !strings.Contains(id, ":inference-profile/") {
		return id
	}
	return modelName(id)
}

// modelName is what is left of a modelId without the parts of an ARN and without the region in front of an inference profile.
func modelName(id string) string {
	name := id[strings.LastIndexByte(id, '/')+1:]
	region, rest, ok := strings.Cut(name, ".")
	if ok && slices.Contains([]string{"us", "us-gov", "eu", "apac", "ap", "jp", "au", "ca", "sa", "me", "af", "il", "uk", "mx", "global"}, region) {
		return rest
	}
	return name
}

// familyOf knows the family of a model by its id; empty if it does not.
func familyOf(id string) Family {
	maker, name, _ := strings.Cut(modelName(id), ".")
	switch maker {
	case "anthropic":
		return Anthropic
	case "meta":
		return Llama
	case "ai21":
		if strings.HasPrefix(name, "jamba") {
			return Jamba
		}
	case "amazon":
		switch {
		case strings.HasPrefix(name, "nova"):
			return Nova
		case strings.HasPrefix(name, "titan-text"), strings.HasPrefix(name, "titan-tg"):
			return TitanText
		}
	case "cohere":
		switch {
		case strings.HasPrefix(name, "command-r"):
			return CohereCommandR
		case strings.HasPrefix(name, "command"):
			return CohereCommand
		}
	case "mistral":
		return mistralFamily(name)
	}
	return ""
}

func mistralFamily(name string) Family {
	for _, prefix := range []string{"mistral-7b", "mixtral", "mistral-large-2402", "mistral-small-2402"} {
		if strings.HasPrefix(name, prefix) {
			return MistralText
		}
	}
	return MistralChat
}

// structuredByName tells whether a model is known to have structured output, which came with Claude 4.5.
func structuredByName(id string) bool {
	name, ok := strings.CutPrefix(modelName(id), "anthropic.claude-")
	if !ok {
		return false
	}
	// claude-sonnet-4-5-20250929-v1:0 and the like; claude-3-5-sonnet-… has its version in front of its name and is older.
	parts := strings.Split(name, "-")
	if _, err := strconv.Atoi(parts[0]); err == nil || len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[1])
	if err != nil {
		return false
	}
	minor := 0
	if len(parts) > 2 && len(parts[2]) < 3 { // a longer one is a date
		if n, err := strconv.Atoi(parts[2]); err == nil {
			minor = n
		}
	}
	return major > 4 && major < 100 || major == 4 && minor >= 5
}
