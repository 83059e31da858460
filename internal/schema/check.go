package schema

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// Problem is one way in which a value does not fit.
type Problem struct {
	Path    string // of the value, such as "items[2].name"; empty for the whole
	Message string // what is wrong, as the end of a sentence about the value
}

// String says it in a sentence.
func (p Problem) String() string {
	if p.Path == "" {
		return "the answer " + p.Message
	}
	return p.Path + " " + p.Message
}

// InvalidError says in which ways a value does not fit a schema.
type InvalidError struct{ Problems []Problem }

// Error lists the problems, the first ten of them.
func (e *InvalidError) Error() string {
	const most = 10
	texts := make([]string, 0, most+1)
	for i, p := range e.Problems {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(e.Problems)-most))
			break
		}
		texts = append(texts, p.String())
	}
	return strings.Join(texts, "; ")
}

// Check checks a value against the schema: nil, or an [*InvalidError] that
// lists every problem in the order in which they stand in the value.
func (s *Schema) Check(v any) error {
	c := checker{schema: s}
	c.check(s.root, v, "", 0)
	if s.foreign != nil {
		// The library knows every keyword, and so decides, but for multiples; what
		// was found here says it better.
		plain, err := document.Plain(v)
		if err != nil {
			return err
		}
		err = s.foreign.Validate(floats(plain))
		switch {
		case err == nil && !s.multiple:
			return nil
		case err == nil:
			// what is left are the multiples, and those are exact here
		case len(c.problems) == 0:
			return &InvalidError{[]Problem{{Message: "does not fit the schema: " + err.Error()}}}
		}
	}
	if len(c.problems) > 0 {
		return &InvalidError{c.problems}
	}
	return nil
}

// floats gives a plain value with every number as a float64, which is all that
// the library knows.
func floats(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = floats(e)
		}
	case []any:
		for i, e := range v {
			v[i] = floats(e)
		}
	case nil, bool, string:
	default:
		if f, ok := document.Float(v); ok {
			return f
		}
	}
	return v
}

type checker struct {
	schema   *Schema
	problems []Problem
}

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// deepest bounds the recursion; documents are not nested deeper.
const deepest = 10 * document.MaxDepth

func (c *checker) check(node, v any, path string, depth int) {
	if node == false {
		c.add(path, "must not be there")
	}
	o, ok := node.(*document.Object)
	if !ok || depth > deepest {
		return
	}
	if ref, ok := stringAt(o, "$ref"); ok {
		if target, ok := c.schema.resolve(ref); ok {
			c.check(target, v, path, depth+1)
		}
	}
	if !c.kind(o, v, path) {
		return // what else is wrong follows from that
	}
	c.value(o, v, path)
	switch document.KindOf(v) {
	case document.Number:
		c.number(o, v, path)
	case document.String:
		c.text(o, v, path)
	case document.Array:
		c.array(o, v, path, depth)
	case document.ObjectKind:
		c.object(o, v, path, depth)
	}
	c.logic(o, v, path, depth)
}

func (c *checker) kind(o *document.Object, v any, path string) bool {
	want, ok := o.Get("type")
	if !ok {
		return true
	}
	kinds, ok := want.([]any)
	if !ok {
		kinds = []any{want}
	}
	got := document.KindOf(v).String()
	for _, kind := range kinds {
		if kind == got || kind == "integer" && isInteger(v) {
			return true
		}
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = fmt.Sprint(kind)
	}
	c.add(path, "must be %s, it is %s", article(strings.Join(names, " or ")), show(v))
	return false
}

func isInteger(v any) bool {
	if document.KindOf(v) != document.Number {
		return false
	}
	r, ok := rational(v)
	return ok && r.IsInt()
}

// rational gives the exact value of a number. Exponents that would make it
// huge are left out.
func rational(v any) (*big.Rat, bool) {
	text := document.Text(v)
	if _, exp, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		if n, err := strconv.Atoi(exp); err != nil || n > 400 || n < -400 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

func article(noun string) string {
	switch {
	case noun == "null":
		return noun
	case strings.ContainsRune("aeio", rune(noun[0])):
		return "an " + noun
	}
	return "a " + noun
}

// show quotes a value for a message, cut where it is long.
func show(v any) string {
	switch document.KindOf(v) {
	case document.Array:
		return "an array"
	case document.ObjectKind:
		return "an object"
	}
	text := document.Text(v)
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:60]) + "…"
	}
	return text
}

func (c *checker) value(o *document.Object, v any, path string) {
	if list, ok := o.Get("enum"); ok {
		values, _ := list.([]any)
		if !slices.ContainsFunc(values, func(e any) bool { return document.Equal(e, v) }) {
			texts := make([]string, len(values))
			for i, e := range values {
				texts[i] = document.Text(e)
			}
			c.add(path, "must be one of %s, it is %s", strings.Join(texts, ", "), show(v))
		}
	}
	if want, ok := o.Get("const"); ok && !document.Equal(want, v) {
		c.add(path, "must be %s, it is %s", document.Text(want), show(v))
	}
}

func (c *checker) number(o *document.Object, v any, path string) {
	for _, limit := range []struct {
		keyword, words string
		wrong          func(int) bool
	}{
		{"minimum", "at least", func(n int) bool { return n < 0 }},
		{"maximum", "at most", func(n int) bool { return n > 0 }},
		{"exclusiveMinimum", "more than", func(n int) bool { return n <= 0 }},
		{"exclusiveMaximum", "less than", func(n int) bool { return n >= 0 }},
	} {
		bound, ok := o.Get(limit.keyword)
		if ok && document.KindOf(bound) == document.Number && limit.wrong(document.CompareNumbers(v, bound)) {
			c.add(path, "must be %s %s, it is %s", limit.words, document.Text(bound), show(v))
		}
	}
	if step, ok := o.Get("multipleOf"); ok {
		a, okA := rational(v)
		b, okB := rational(step)
		if okA && okB && b.Sign() != 0 && !new(big.Rat).Quo(a, b).IsInt() {
			c.add(path, "must be a multiple of %s, it is %s", document.Text(step), show(v))
		}
	}
}

func (c *checker) text(o *document.Object, v any, path string) {
	s, _ := document.Str(v)
	c.size(o, "minLength", "maxLength", utf8.RuneCountInString(s), "characters", path)
	if pattern, ok := stringAt(o, "pattern"); ok {
		if re := c.schema.patterns[pattern]; re != nil && !re.MatchString(s) {
			c.add(path, "must match the regular expression %s, it is %s", pattern, show(v))
		}
	}
}

// size checks a count against two bounds.
func (c *checker) size(o *document.Object, least, most string, n int, what, path string) {
	if bound, ok := integerAt(o, least); ok && int64(n) < bound {
		c.add(path, "must have at least %d %s, it has %d", bound, what, n)
	}
	if bound, ok := integerAt(o, most); ok && int64(n) > bound {
		c.add(path, "must have at most %d %s, it has %d", bound, what, n)
	}
}

func integerAt(o *document.Object, key string) (int64, bool) {
	v, _ := o.Get(key)
	return document.Integer(v)
}

func (c *checker) array(o *document.Object, v any, path string, depth int) {
	c.size(o, "minItems", "maxItems", document.Len(v), "elements", path)
	prefix, _ := o.Get("prefixItems")
	items, _ := o.Get("items")
	i := 0
	for e := range document.Elements(v) {
		at := path + "[" + strconv.Itoa(i) + "]"
		if s, ok := document.Index(prefix, i); ok {
			c.check(s, e, at, depth+1)
		} else {
			c.check(items, e, at, depth+1)
		}
		i++
	}
}

func (c *checker) object(o *document.Object, v any, path string, depth int) {
	c.size(o, "minProperties", "maxProperties", document.Len(v), "members", path)
	required, _ := o.Get("required")
	for key := range document.Elements(required) {
		name, _ := key.(string)
		if _, ok := document.Member(v, name); !ok {
			c.add(join(path, name), "is missing")
		}
	}
	properties, _ := o.Get("properties")
	others, hasOthers := o.Get("additionalProperties")
	_, patterned := o.Get("patternProperties")
	for key, member := range document.Entries(v) {
		if s, ok := document.Member(properties, key); ok {
			if c.schema.foreign == nil && document.KindOf(member) == document.Null && !contains(required, key) {
				continue // to Go the same as to leave it out; models do either
			}
			c.check(s, member, join(path, key), depth+1)
			continue
		}
		switch {
		case !hasOthers || patterned: // the library knows patterns
		case others == false:
			c.add(join(path, key), "is not known; %s", known(properties))
		default:
			c.check(others, member, join(path, key), depth+1)
		}
	}
}

func contains(required any, key string) bool {
	list, _ := required.([]any)
	return slices.Contains(list, any(key))
}

func known(properties any) string {
	var names []string
	for name := range document.Entries(properties) {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "there must be no members"
	}
	return "the members are " + strings.Join(names, ", ")
}

// plainName is a key that a path shows without quotes.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func join(path, key string) string {
	switch {
	case !plainName.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

func (c *checker) logic(o *document.Object, v any, path string, depth int) {
	if all, ok := o.Get("allOf"); ok {
		for s := range document.Elements(all) {
			c.check(s, v, path, depth+1)
		}
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		choices, ok := o.Get(keyword)
		if !ok {
			continue
		}
		fits, closest := 0, []Problem(nil)
		for s := range document.Elements(choices) {
			inner := checker{schema: c.schema}
			inner.check(s, v, path, depth+1)
			if len(inner.problems) == 0 {
				fits++
				continue
			}
			if closest == nil || deeper(inner.problems, closest) {
				closest = inner.problems
			}
		}
		switch {
		case fits == 0:
			c.problems = append(c.problems, closest...)
		case fits > 1 && keyword == "oneOf":
			c.add(path, "fits %d alternatives of which it must fit one", fits)
		}
	}
}

// deeper tells that the problems of one alternative lie deeper in the value
// than those of another: it was the one that was meant.
func deeper(a, b []Problem) bool {
	shallowest := func(problems []Problem) int {
		least := len(problems[0].Path)
		for _, p := range problems {
			least = min(least, len(p.Path))
		}
		return least
	}
	return shallowest(a) > shallowest(b)
}
