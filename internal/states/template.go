package states

import (
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// template takes a payload template: JSON in which every key that ends in .$
// has a path or an intrinsic function call for its value.
func template(c *checker, n *node, p place) {
	switch n.kind {
	case document.ObjectKind:
		c.templateObject(n, p)
	case document.Array:
		for _, item := range n.items {
			template(c, item, p)
		}
	case document.String:
		if looksDynamic(n.str()) && n.parent != nil && n.parent.kind == document.ObjectKind {
			c.warn(n, NoDollar, "The value of '%s' looks like a path or an intrinsic function; it is used as it stands unless the field is '%[1]s.$'", n.key)
		}
	}
}

func (c *checker) templateObject(n *node, p place) {
	for _, item := range n.items {
		plain, dynamic := strings.CutSuffix(item.key, ".$")
		if !dynamic {
			template(c, item, p)
			continue
		}
		if !item.isString() || !validTemplateValue(item.str()) {
			c.report(Error, n, item.offset, SchemaFailed, "The value for the field '%s' must be a valid JSONPath or a valid intrinsic function call", item.key)
		}
		if n.get(plain) != nil {
			c.report(Error, n, item.index, SchemaFailed, "Only one of these fields can be set: [%s, %s]", plain, item.key)
		}
	}
}

// templateOrExpressions takes what the state's language makes values of.
func templateOrExpressions(c *checker, n *node, p place) {
	if p.language == JSONata {
		expressions(c, n, p)
		return
	}
	template(c, n, p)
}

// credentials takes the role that a task runs under.
func credentials(c *checker, n *node, p place) {
	if p.language == JSONata && n.isString() {
		c.onlyExpression(n, p, "OBJECT")
		return
	}
	if !c.is(n, document.ObjectKind) {
		return
	}
	if n.get("RoleArn") == nil && (p.language == JSONata || n.get("RoleArn.$") == nil) {
		c.fail(n, "The field 'RoleArn' is required but was missing")
	}
	for _, item := range n.items {
		switch {
		case item.key == "RoleArn":
			c.is(item, document.String)
		case item.key == "RoleArn.$" && p.language == JSONPath:
		}
	}
	templateOrExpressions(c, n, p)
}

// assignment takes an Assign: an object whose keys name variables. Hyphens and
// the name "states" are left to Lint: published definitions have them.
func assignment(c *checker, n *node, p place) {
	if !c.is(n, document.ObjectKind) {
		return
	}
	for _, item := range n.items {
		name := item.key
		if p.language == JSONPath {
			name = strings.TrimSuffix(name, ".$")
		}
		if length := utf8.RuneCountInString(name); length == 0 || length > 80 {
			c.report(Error, n, item.index, SchemaFailed, "The name of a variable must have between 1 and 80 characters")
		} else if name != "states" && !path.ValidName(strings.ReplaceAll(name, "-", "_")) {
			c.report(Error, n, item.index, SchemaFailed, "'%s' is not a valid name of a variable", name)
		}
	}
	templateOrExpressions(c, n, p)
}

// looksDynamic tells whether a text would be a path or an intrinsic function
// call in a place that takes one.
func looksDynamic(text string) bool {
	switch {
	case strings.HasPrefix(text, "$") && len(text) > 1:
		return validPath(text)
	case strings.HasPrefix(text, "States.") && strings.HasSuffix(text, ")"):
		return validIntrinsic(text)
	}
	return false
}

// findDynamic gives the first text inside a value that looks dynamic.
func findDynamic(n *node) *node {
	if n.isString() && looksDynamic(n.str()) {
		return n
	}
	for _, item := range n.items {
		if found := findDynamic(item); found != nil {
			return found
		}
	}
	return nil
}
