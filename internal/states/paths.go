package states

import (
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/path"
)

const (
	notPath      = "Value is not a valid JSONPath"
	notReference = "Value is not a valid Reference Path"
)

// pathField takes a path of some kind.
func pathField(valid func(string) bool, message string, null bool) func(*checker, *node, place) {
	return func(c *checker, n *node, _ place) {
		if null && n.kind == document.Null || !c.is(n, document.String) {
			return
		}
		if !valid(n.str()) {
			c.fail(n, "%s", message)
		}
	}
}

var (
	inputPath     = pathField(validPath, notPath, true)
	valuePath     = pathField(validPath, notPath, false)
	referencePath = pathField(validReference, notReference, false)
	failPath      = pathField(validFailPath, "Value is not a valid JSONPath or intrinsic function call", false)
)

// resultPath takes where a result goes. Only a state whose Resource AWS does
// not know may write into the context object.
func resultPath(c *checker, n *node, p place) {
	if p.foreign && n.isString() && strings.HasPrefix(n.str(), "$$") && validReference(n.str()) {
		return
	}
	targetPath(c, n, p)
}

var targetPath = pathField(validTarget, notReference, true)

func validPath(text string) bool {
	_, err := path.Compile(text)
	return err == nil
}

func validReference(text string) bool {
	_, err := path.CompileReference(text)
	return err == nil
}

func validTarget(text string) bool {
	_, err := path.CompileTarget(text)
	return err == nil
}

func validIntrinsic(text string) bool {
	_, err := intrinsic.Compile(text)
	return err == nil
}

// validTemplateValue tells whether a text may stand under a key that ends in
// .$: a path or an intrinsic function call.
func validTemplateValue(text string) bool {
	if intrinsic.IsCall(text) {
		return validIntrinsic(text)
	}
	return validPath(text)
}

// validFailPath tells whether a text may be an ErrorPath or CausePath: a
// reference path, or a call of an intrinsic function that gives a string.
func validFailPath(text string) bool {
	if !intrinsic.IsCall(text) {
		return validReference(text)
	}
	call, err := intrinsic.Compile(text)
	return err == nil && slices.Contains(givesString, call.Function())
}

// givesString are the intrinsic functions that the Developer Guide allows in
// ErrorPath and CausePath.
var givesString = []string{"ArrayGetItem", "Base64Decode", "Base64Encode", "Format", "Hash", "JsonToString", "UUID"}

// warnOfPath warns of a path in a field that has a twin for paths.
func (c *checker) warnOfPath(n *node) {
	if n.isString() && looksDynamic(n.str()) {
		c.warn(n, NoPath, "The value of '%s' looks like a path; a path belongs into '%[1]sPath'", n.key)
	}
}
