package flow

import (
	"slices"

	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// apply has the source set what it says in a request. What it adds to the lists
// must not land in memory that other calls share.
func (p *prompting) apply(r *model.Request) {
	r.System, r.Messages = slices.Clip(r.System), slices.Clip(r.Messages)
	p.source.Apply(r)
}

// fill renders the texts of the instructions and messages that the source has
// added to a request.
func (p *prompting) fill(r *model.Request, render func(text string) (string, error)) error {
	var err error
	if r.System, err = filled(r.System, len(p.request.System), render); err != nil {
		return err
	}
	own := len(p.request.Messages)
	if len(r.Messages) <= own {
		return nil
	}
	r.Messages = slices.Clone(r.Messages) // it may be the source's
	for i := own; i < len(r.Messages); i++ {
		if r.Messages[i].Content, err = filled(r.Messages[i].Content, 0, render); err != nil {
			return err
		}
	}
	return nil
}

// filled gives contents with the texts from the index own on rendered.
func filled(contents model.Contents, own int, render func(text string) (string, error)) (model.Contents, error) {
	if len(contents) <= own {
		return contents, nil
	}
	out := slices.Clone(contents)
	for i, c := range out[own:] {
		t, ok := c.(*model.Text)
		if !ok {
			continue
		}
		text, err := render(t.Text)
		if err != nil {
			return nil, err
		}
		rendered := *t
		rendered.Text = text
		out[own+i] = &rendered
	}
	return out, nil
}

// question takes off the messages the last one, if the source has added it and
// it is the user's: it is what is asked, and what else is asked belongs into it.
func (p *prompting) question(messages []model.Message) (asks model.Contents, before []model.Message) {
	n := len(messages)
	if n <= len(p.request.Messages) || messages[n-1].Role != model.User {
		return nil, messages
	}
	return messages[n-1].Content, messages[: n-1 : n-1]
}

// chat gives the templates that the source adds to a request, and whether it
// adds a message.
func (p *prompting) chat() (list []*template.Template, asks bool) {
	r := p.request
	p.apply(&r)
	_ = p.fill(&r, func(text string) (string, error) { // never fails
		list = append(list, template.Compile(text))
		return text, nil
	})
	return list, len(r.Messages) > 0
}
