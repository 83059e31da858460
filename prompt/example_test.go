package prompt_test

import (
	"fmt"
	"testing/fstest"

	"github.com/flowstone-go/flow/prompt"
)

// Prompts in files, with versions and variants.
func ExampleLoad() {
	files := fstest.MapFS{ // an embed.FS in a program
		"letters/sum-up.md": {Data: []byte(`---
version: 1
settings: {maxTokens: 300}
variables: [body]
variants:
  formal: {system: You are formal.}
---
Sum up: {{body}}
`)},
		"letters/sum-up.v2.md": {Data: []byte("---\nversion: 2\nvariables: [body]\n---\nSum up in a line: {{body}}\n")},
	}
	prompts, err := prompt.Load(files)
	if err != nil {
		fmt.Println(err)
		return
	}
	newest, err := prompts.Get("letters/sum-up")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(newest.Version, newest.Text)
	first, err := prompts.Version("letters/sum-up", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	formal, err := first.Choose("formal")
	fmt.Println(formal.System, formal.Settings.MaxTokens, err)
	// Output:
	// 2 Sum up in a line: {{body}}
	// You are formal. 300 <nil>
}

// A template is filled from a struct or a map.
func ExampleRender() {
	type letter struct {
		From  string   `json:"from"`
		Items []string `json:"items"`
	}
	text, err := prompt.Render(`{{from}} wants {{items[0]}}; \{{this}} stays.`, letter{"Ada", []string{"tea", "milk"}})
	fmt.Println(text, err)
	_, err = prompt.Render("{{to}}", letter{})
	fmt.Println(err != nil)
	// Output:
	// Ada wants tea; {{this}} stays. <nil>
	// true
}
