package bedrock

// Assessment is what one guardrail found. Its JSON is that of the service (types.GuardrailAssessment), so an unset policy found
// nothing or is not part of the guardrail.
//
// The Match fields hold the very text that a policy objected to, which may be personal data: see [Guardrail] for when they are kept.
type Assessment struct {
	// Applied names the guardrail that was used, which an account or an organization may have enforced.
	Applied *AppliedGuardrail `json:"appliedGuardrailDetails,omitempty"`
	// Topics are the denied topics.
	Topics *TopicPolicy `json:"topicPolicy,omitempty"`
	// Content are the filters against hate, insults, violence and so on, and against prompt attacks.
	Content *ContentPolicy `json:"contentPolicy,omitempty"`
	// Words are custom and managed word lists.
	Words *WordPolicy `json:"wordPolicy,omitempty"`
	// Sensitive are personal data and regular expressions.
	Sensitive *SensitivePolicy `json:"sensitiveInformationPolicy,omitempty"`
	// Grounding are the scores for grounding and relevance.
	Grounding *GroundingPolicy `json:"contextualGroundingPolicy,omitempty"`
	// Reasoning are the findings of automated reasoning.
	Reasoning *ReasoningPolicy `json:"automatedReasoningPolicy,omitempty"`
	// Metrics say how long the guardrail took and what it looked at.
	Metrics *GuardrailMetrics `json:"invocationMetrics,omitempty"`
}

// AppliedGuardrail names a guardrail that took part.
type AppliedGuardrail struct {
	ARN       string   `json:"guardrailArn,omitempty"`
	ID        string   `json:"guardrailId,omitempty"`
	Version   string   `json:"guardrailVersion,omitempty"`
	Origin    []string `json:"guardrailOrigin,omitempty"`    // REQUEST, ACCOUNT_ENFORCED, ORGANIZATION_ENFORCED
	Ownership string   `json:"guardrailOwnership,omitempty"` // SELF, CROSS_ACCOUNT
}

// TopicPolicy lists the topics found.
type TopicPolicy struct {
	Topics []Topic `json:"topics"`
}

// Topic is a denied topic.
type Topic struct {
	Name     string `json:"name,omitempty"`
	Type     string `json:"type,omitempty"`   // DENY
	Action   string `json:"action,omitempty"` // BLOCKED, NONE
	Detected *bool  `json:"detected,omitempty"`
}

// ContentPolicy lists the content filters that fired.
type ContentPolicy struct {
	Filters []ContentFilter `json:"filters"`
}

// ContentFilter is one content filter.
type ContentFilter struct {
	Type       string `json:"type,omitempty"`           // INSULTS, HATE, SEXUAL, VIOLENCE, MISCONDUCT, PROMPT_ATTACK
	Confidence string `json:"confidence,omitempty"`     // NONE, LOW, MEDIUM, HIGH
	Strength   string `json:"filterStrength,omitempty"` // NONE, LOW, MEDIUM, HIGH
	Action     string `json:"action,omitempty"`         // BLOCKED, NONE
	Detected   *bool  `json:"detected,omitempty"`
}

// WordPolicy lists the words found.
type WordPolicy struct {
	Custom  []WordMatch `json:"customWords,omitempty"`
	Managed []WordMatch `json:"managedWordLists,omitempty"`
}

// WordMatch is a word of a list.
type WordMatch struct {
	Match    string `json:"match,omitempty"`
	Type     string `json:"type,omitempty"`   // PROFANITY, for managed lists
	Action   string `json:"action,omitempty"` // BLOCKED, NONE
	Detected *bool  `json:"detected,omitempty"`
}

// SensitivePolicy lists the personal data found.
type SensitivePolicy struct {
	Entities []PIIMatch   `json:"piiEntities,omitempty"`
	Regexes  []RegexMatch `json:"regexes,omitempty"`
}

// PIIMatch is a piece of personal data.
type PIIMatch struct {
	Type     string `json:"type,omitempty"` // EMAIL, PHONE and so on
	Match    string `json:"match,omitempty"`
	Action   string `json:"action,omitempty"` // ANONYMIZED, BLOCKED, NONE
	Detected *bool  `json:"detected,omitempty"`
}

// RegexMatch is a hit of a regular expression of the guardrail.
type RegexMatch struct {
	Name     string `json:"name,omitempty"`
	Regex    string `json:"regex,omitempty"`
	Match    string `json:"match,omitempty"`
	Action   string `json:"action,omitempty"` // ANONYMIZED, BLOCKED, NONE
	Detected *bool  `json:"detected,omitempty"`
}

// GroundingPolicy lists the scores of contextual grounding.
type GroundingPolicy struct {
	Filters []GroundingFilter `json:"filters,omitempty"`
}

// GroundingFilter is one score between 0 and 1 and the threshold below which the guardrail acts.
type GroundingFilter struct {
	Type      string  `json:"type,omitempty"` // GROUNDING, RELEVANCE
	Score     float64 `json:"score"`
	Threshold float64 `json:"threshold"`
	Action    string  `json:"action,omitempty"` // BLOCKED, NONE
	Detected  *bool   `json:"detected,omitempty"`
}

// ReasoningPolicy lists the findings of automated reasoning.
type ReasoningPolicy struct {
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one finding of automated reasoning; exactly one of its fields is set and says which.
type Finding struct {
	Valid                *ReasoningFinding `json:"valid,omitempty"`
	Invalid              *ReasoningFinding `json:"invalid,omitempty"`
	Satisfiable          *ReasoningFinding `json:"satisfiable,omitempty"`
	Impossible           *ReasoningFinding `json:"impossible,omitempty"`
	TranslationAmbiguous *ReasoningFinding `json:"translationAmbiguous,omitempty"`
	TooComplex           *ReasoningFinding `json:"tooComplex,omitempty"`
	NoTranslations       *ReasoningFinding `json:"noTranslations,omitempty"`
}

// ReasoningFinding is what automated reasoning says about a finding; which fields are set depends on its kind.
type ReasoningFinding struct {
	Translation         *ReasoningTranslation        `json:"translation,omitempty"`
	ClaimsTrueScenario  *ReasoningScenario           `json:"claimsTrueScenario,omitempty"`
	ClaimsFalseScenario *ReasoningScenario           `json:"claimsFalseScenario,omitempty"`
	SupportingRules     []ReasoningRule              `json:"supportingRules,omitempty"`
	ContradictingRules  []ReasoningRule              `json:"contradictingRules,omitempty"`
	LogicWarning        *ReasoningWarning            `json:"logicWarning,omitempty"`
	Options             []ReasoningTranslationOption `json:"options,omitempty"`
	DifferenceScenarios []ReasoningScenario          `json:"differenceScenarios,omitempty"`
}

// ReasoningTranslation is the text as logic.
type ReasoningTranslation struct {
	Claims               []ReasoningStatement `json:"claims,omitempty"`
	Premises             []ReasoningStatement `json:"premises,omitempty"`
	UntranslatedClaims   []ReasoningText      `json:"untranslatedClaims,omitempty"`
	UntranslatedPremises []ReasoningText      `json:"untranslatedPremises,omitempty"`
	Confidence           *float64             `json:"confidence,omitempty"` // 0 to 1
}

// ReasoningTranslationOption is one way to understand an ambiguous text.
type ReasoningTranslationOption struct {
	Translations []ReasoningTranslation `json:"translations,omitempty"`
}

// ReasoningStatement is a statement in logic and in words.
type ReasoningStatement struct {
	Logic           string `json:"logic,omitempty"`
	NaturalLanguage string `json:"naturalLanguage,omitempty"`
}

// ReasoningText is a part of the text that could not be translated.
type ReasoningText struct {
	Text string `json:"text,omitempty"`
}

// ReasoningScenario is a set of statements that hold together.
type ReasoningScenario struct {
	Statements []ReasoningStatement `json:"statements,omitempty"`
}

// ReasoningRule is a rule of the policy.
type ReasoningRule struct {
	Identifier       string `json:"identifier,omitempty"`
	PolicyVersionARN string `json:"policyVersionArn,omitempty"`
}

// ReasoningWarning says that claims are always true or always false whatever the policy.
type ReasoningWarning struct {
	Type     string               `json:"type,omitempty"` // ALWAYS_TRUE, ALWAYS_FALSE
	Claims   []ReasoningStatement `json:"claims,omitempty"`
	Premises []ReasoningStatement `json:"premises,omitempty"`
}

// GuardrailMetrics are the cost of one assessment.
type GuardrailMetrics struct {
	Latency  int64              `json:"guardrailProcessingLatency,omitempty"` // milliseconds
	Usage    *GuardrailUsage    `json:"usage,omitempty"`
	Coverage *GuardrailCoverage `json:"guardrailCoverage,omitempty"`
}

// GuardrailUsage counts text units, and images where it says so: what AWS charges for.
type GuardrailUsage struct {
	TopicUnits               int `json:"topicPolicyUnits"`
	ContentUnits             int `json:"contentPolicyUnits"`
	WordUnits                int `json:"wordPolicyUnits"`
	SensitiveUnits           int `json:"sensitiveInformationPolicyUnits"`
	SensitiveFreeUnits       int `json:"sensitiveInformationPolicyFreeUnits"`
	GroundingUnits           int `json:"contextualGroundingPolicyUnits"`
	ContentImageUnits        int `json:"contentPolicyImageUnits"`
	AutomatedReasoningUnits  int `json:"automatedReasoningPolicyUnits"`
	AutomatedReasoningChecks int `json:"automatedReasoningPolicies"`
}

// GuardrailCoverage says how much of what was sent the guardrail looked at.
type GuardrailCoverage struct {
	Images         *Covered `json:"images,omitempty"`
	TextCharacters *Covered `json:"textCharacters,omitempty"`
}

// Covered is a part of a whole.
type Covered struct {
	Guarded int `json:"guarded"`
	Total   int `json:"total"`
}

// actions calls f with what each policy did.
func (a *Assessment) actions(f func(action string)) {
	if a.Topics != nil {
		for _, t := range a.Topics.Topics {
			f(t.Action)
		}
	}
	if a.Content != nil {
		for _, c := range a.Content.Filters {
			f(c.Action)
		}
	}
	if a.Words != nil {
		for _, w := range a.Words.Custom {
			f(w.Action)
		}
		for _, w := range a.Words.Managed {
			f(w.Action)
		}
	}
	if a.Sensitive != nil {
		for _, e := range a.Sensitive.Entities {
			f(e.Action)
		}
		for _, r := range a.Sensitive.Regexes {
			f(r.Action)
		}
	}
	if a.Grounding != nil {
		for _, g := range a.Grounding.Filters {
			f(g.Action)
		}
	}
}

// redact forgets the text that the policies matched.
func (a *Assessment) redact() {
	if a.Words != nil {
		for i := range a.Words.Custom {
			a.Words.Custom[i].Match = ""
		}
		for i := range a.Words.Managed {
			a.Words.Managed[i].Match = ""
		}
	}
	if a.Sensitive != nil {
		for i := range a.Sensitive.Entities {
			a.Sensitive.Entities[i].Match = ""
		}
		for i := range a.Sensitive.Regexes {
			a.Sensitive.Regexes[i].Match = ""
		}
	}
}
