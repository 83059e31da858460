// Package picture draws what an example did: its flow, coloured by the
// executions, as Flowstone draws it.
package picture

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/flowstone-go/flow"
)

// Picture collects the events of executions and writes the picture of them. The
// zero value does nothing. It is safe for concurrent use.
type Picture struct {
	// File is where the picture goes: SVG or DOT by the ending of its name, else
	// Mermaid. "-" is the writer given to Save, "" is no picture.
	File string

	mu     sync.Mutex
	events []flow.Event
}

// Flag makes the flag -picture, which sets File.
func Flag(flags *flag.FlagSet) *Picture {
	p := new(Picture)
	flags.StringVar(&p.File, "picture", "", "draw what was done to this `file`: .svg, .dot, else Mermaid; - prints Mermaid")
	return p
}

// Watch has a run observed for the picture. It is nil, which is no option, where
// none is wanted: an execution that nobody watches takes less.
func (p *Picture) Watch() flow.Option {
	if p.File == "" {
		return nil
	}
	return flow.Observe(func(e flow.Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.events = append(p.events, e)
	})
}

// Save draws the flow with all that was observed.
func (p *Picture) Save(d flow.Definition, out io.Writer) error {
	if p.File == "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	drawing := flow.Draw(d, p.events...)
	if p.File == "-" {
		_, err := io.WriteString(out, drawing.Mermaid())
		return err
	}
	text := drawing.Mermaid
	switch filepath.Ext(p.File) {
	case ".svg":
		text = drawing.SVG
	case ".dot":
		text = drawing.DOT
	}
	return os.WriteFile(p.File, []byte(text()), 0o600)
}
