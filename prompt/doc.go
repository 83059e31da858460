// Package prompt keeps prompts outside of the code: in files that people who
// don't program can edit, embedded in the program or read from a folder while it
// runs.
//
// A file is Markdown, or any text, with settings in YAML before it:
//
//	---
//	version: 3
//	description: Sums up a letter.
//	model: us.amazon.nova-lite-v1:0
//	system: You are brief.
//	settings: {maxTokens: 300, temperature: 0.2, stop: [END]}
//	variables: [from, body]
//	variants:
//	  formal: {system: You are brief and formal.}
//	---
//	Sum up the letter of {{from}}:
//
//	{{body}}
//
// Its name is that of the file without what is behind the first dot, with the
// folders before it: letters/sum-up.md is "letters/sum-up", and
// letters/sum-up.v2.md a second version of it. [Load] reads all files of a file
// system, [Set.Get] gives one prompt, and a flow uses it:
//
//	//go:embed prompts
//	var files embed.FS
//
//	prompts, err := prompt.Load(files)
//	p, err := prompts.Get("prompts/letters/sum-up")
//	flow.Prompt[string]("SumUp", m).Of(p)
//
// [Dir] reads a folder and notices changes, for development:
// flow.Prompt[string]("SumUp", m).Of(prompt.Dir("prompts").Live("letters/sum-up")).
package prompt
