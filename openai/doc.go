// Package openai reaches models over any endpoint that is compatible with OpenAI's.
package openai
