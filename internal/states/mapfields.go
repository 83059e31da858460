package states

import (
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

func mapFields() fields {
	return fields{
		"ItemProcessor":                  {both, processor},
		"Iterator":                       {both, processor},
		"ItemsPath":                      {pathOnly, referencePath},
		"Items":                          {jsonataOnly, expressions},
		"ItemSelector":                   {both, templateOrExpressions},
		"MaxConcurrency":                 {both, whole(0, unbounded)},
		"MaxConcurrencyPath":             {pathOnly, referencePath},
		"ItemReader":                     {both, itemReader},
		"ItemBatcher":                    {both, itemBatcher},
		"ResultWriter":                   {both, resultWriter},
		"ToleratedFailureCount":          {both, whole(0, unbounded)},
		"ToleratedFailureCountPath":      {pathOnly, referencePath},
		"ToleratedFailurePercentage":     {both, inRange(0, 100)},
		"ToleratedFailurePercentagePath": {pathOnly, referencePath},
		"Label":                          {both, label},
	}
}

func processor(c *checker, n *node, p place) {
	inner := place{language: c.language, express: p.express || text(n.get("ProcessorConfig"), "ExecutionType") == "EXPRESS"}
	known := processorFields
	if n.key == "Iterator" {
		known = iteratorFields
	}
	c.object(n, known, inner, "States", "StartAt")
}

func processorConfig(c *checker, n *node, p place) {
	known := fields{"Mode": {both, oneOf("INLINE", "DISTRIBUTED")}}
	required := []string{}
	if text(n, "Mode") == "DISTRIBUTED" {
		known["ExecutionType"] = field{both, oneOf("STANDARD", "EXPRESS")}
		required = append(required, "ExecutionType")
	}
	c.object(n, known, p, required...)
}

// label takes the name that the map runs get in ARNs.
func label(c *checker, n *node, _ place) {
	if !c.is(n, document.String) {
		return
	}
	name := n.str()
	switch length := utf8.RuneCountInString(name); {
	case length == 0 || length > 40:
		c.failCode(n, InvalidLabelName, "A label must have between 1 and 40 characters")
	case !isResourceName(name):
		c.failCode(n, InvalidLabelName, "Label '%s' has a character that labels cannot have", name)
	case c.labels[name]:
		c.failCode(n, DuplicateLabelName, "Duplicate label name: %s", name)
	}
	c.labels[name] = true
}

// isResourceName tells whether a name has none of the characters that names
// of state machines and labels must not have.
func isResourceName(name string) bool {
	for _, r := range name {
		switch {
		case r <= 0x20, r >= 0x7f && r <= 0xa0:
			return false
		}
		switch r {
		case '<', '>', '{', '}', '[', ']', '?', '*', '"', '#', '%', '\\', '^', '|', '~', '`', '$', '&', ',', ';', ':', '/':
			return false
		}
	}
	return true
}

func (c *checker) mapTogether(n *node, p place) {
	if len(present(n, []string{"ItemProcessor", "Iterator"})) == 0 {
		c.fail(n, "These fields are required: [ItemProcessor]")
	}
	for _, pair := range [][]string{
		{"ItemProcessor", "Iterator"},
		{"ItemSelector", "Parameters"},
		{"MaxConcurrency", "MaxConcurrencyPath"},
		{"ToleratedFailureCount", "ToleratedFailureCountPath"},
		{"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"},
	} {
		c.atMostOne(n, pair...)
	}
	inside := n.get("ItemProcessor")
	if inside == nil {
		inside = n.get("Iterator")
	}
	if mode := inside.get("ProcessorConfig").get("Mode"); mode.str() == "DISTRIBUTED" && p.express {
		c.fail(mode, "Express state machine does not support distributed Map state")
	}
}
