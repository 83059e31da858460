package prompt

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// mistake is what is wrong in a file, and where.
type mistake struct {
	line int // from 1
	text string
}

// mistakes are those of one file.
type mistakes []mistake

func (m *mistakes) add(line int, format string, args ...any) {
	*m = append(*m, mistake{max(line, 1), fmt.Sprintf(format, args...)})
}

// in gives the error of the mistakes; nil for none. file is what stands before
// the line of each.
func (m *mistakes) in(file string) error {
	errs := make([]error, len(*m))
	for i, one := range *m {
		errs[i] = fmt.Errorf("%s%d: %s", file, one.line, one.text)
	}
	return errors.Join(errs...)
}

// unread adds the mistake for which the settings of a file can't be read.
func (m *mistakes) unread(err error) {
	e, ok := errors.AsType[yaml.Error](err)
	if !ok || e.GetToken() == nil {
		m.add(1, "the settings: %v", err)
		return
	}
	token := e.GetToken()
	line := token.Position.Line + before
	if _, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		m.add(line, "there is no setting %q here (see the documentation of package prompt)", token.Value)
		return
	}
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		m.add(line, "%q is no %s", token.Value, kindOf(wrong.DstType))
		return
	}
	if wrong, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		form := "settings, such as name: value"
		if wrong.Expected == ast.SequenceType {
			form = "a list, such as [a, b]"
		}
		m.add(line, "%q stands in the place of %s", token.Value, form)
		return
	}
	text := e.GetMessage()
	if key, _, twice := strings.Cut(text, " already defined at "); twice { // where, it counts from the first setting
		text = key + " is there twice"
	}
	m.add(line, "%s", text)
}

// kindOf names what a setting has to be.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "whole number"
	case reflect.Float64:
		return "number"
	}
	return "text"
}

// before is the lines of a file before its settings.
const before = 1

// settings knows where in a file its settings stand.
type settings struct{ file *ast.File }

func settingsOf(front []byte) settings {
	f, err := parser.ParseBytes(front, 0)
	if err != nil {
		return settings{} // reading them says so
	}
	return settings{f}
}

// node is the value of a setting, named by its keys; nil where there is none.
func (s settings) node(keys ...string) ast.Node {
	if s.file == nil {
		return nil
	}
	b := (&yaml.PathBuilder{}).Root()
	for _, key := range keys {
		b = b.Child(key)
	}
	node, err := b.Build().FilterFile(s.file)
	if err != nil {
		return nil
	}
	return node
}

// line is that where the value of a setting begins; 0 where there is none.
func (s settings) line(keys ...string) int {
	node := s.node(keys...)
	if node == nil || node.GetToken() == nil {
		return 0
	}
	line := node.GetToken().Position.Line + before
	if node.Type() == ast.LiteralType {
		line++ // a block of text begins below its mark
	}
	return line
}

// lineOf counts the line of an offset in a text.
func lineOf(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }
