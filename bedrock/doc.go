// Package bedrock reaches models, guardrails, knowledge bases, agents and managed prompts over Amazon Bedrock.
package bedrock
