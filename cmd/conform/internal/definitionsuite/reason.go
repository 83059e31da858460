package definitionsuite

import (
	"maps"
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Diagnostic is one error that a validator found.
type Diagnostic struct {
	Code, Message, Location string
}

// String shows the diagnostic in one line.
func (d Diagnostic) String() string {
	text := d.Code + ": " + d.Message
	if d.Location != "" {
		text += " at " + d.Location
	}
	return text
}

// aws is how a problem begins that AWS itself reported: its message, in its
// words, and the place follow.
const aws = "AWS (recorded from the service): "

// MeetsReason tells that one of the diagnostics is about the problem for which
// a definition must be refused. One that AWS reported must be there to the
// letter. The others are told in the words of many validators, so that a
// diagnostic counts that stands at a place which the problem names, around it
// or in it, or that names a word of the definition which the problem names too.
func MeetsReason(problem string, definition []byte, found []Diagnostic) bool {
	if recorded, ok := strings.CutPrefix(problem, aws); ok {
		for _, d := range found {
			if d.Message+" at "+d.Location == recorded || d.Message == recorded {
				return true
			}
		}
		return false
	}
	places := placesIn(problem)
	words := wordsIn(problem, definition)
	for _, d := range found {
		at := segments(d.Location)
		for _, place := range places {
			if len(at) > 0 && (startsWith(place, at) || startsWith(at, place)) {
				return true
			}
		}
		text := d.String()
		for _, word := range words {
			if mentions(text, word) {
				return true
			}
		}
		for _, word := range quoted(problem) {
			if mentions(d.Message, word) {
				return true
			}
		}
		for _, topic := range topics {
			if topic.MatchString(problem) && topic.MatchString(text) {
				return true
			}
		}
	}
	return false
}

// topics are problems that name nothing in the definition, in the words of
// all.
var topics = []*regexp.Regexp{
	regexp.MustCompile(`(?i)terminal state`),
	regexp.MustCompile(`(?i)reach(ed|able)`),
	regexp.MustCompile(`(?i)\blabel\b`),
	regexp.MustCompile(`(?i)state[ _]name|name of a state`),
	regexp.MustCompile(`(?i)\bcycl(e|ic)|loop`),
	regexp.MustCompile(`(?i)duplicate`),
}

// place is a path in a problem: /States/A/Next, States.A.Retry[0].
var place = regexp.MustCompile(`/States(?:/[^,;:@|]*)?|\bStates\.[\w.\[\]-]+`)

func placesIn(problem string) [][]string {
	var all [][]string
	for _, text := range place.FindAllString(problem, -1) {
		text = strings.TrimSuffix(text, " is invalid. must match exactly one schema in oneOf")
		if at := segments(text); len(at) > 1 {
			all = append(all, at)
		}
	}
	return all
}

// segments takes a path apart. An index counts as a part of its own, however
// it is written: Choices[0], Choices/0.
func segments(path string) []string {
	replaced := strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(strings.TrimSpace(path))
	var all []string
	for s := range strings.SplitSeq(replaced, "/") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func startsWith(long, short []string) bool {
	if len(short) > len(long) || len(short) < 2 { // all places begin with States
		return false
	}
	for i := range short {
		if short[i] != long[i] {
			return false
		}
	}
	return true
}

// common are words that stand in nearly every definition. They count only where
// a problem puts them in quotes, and then only in the message of a diagnostic.
var common = []string{"States", "Type", "Resource", "Comment", "End", "Pass", "Task", "Map", "Parallel", "State", "true", "false"}

// quotes finds what a problem puts in quotes.
var quotes = regexp.MustCompile(`"([^"]+)"|'([^']+)'`)

// wordsIn lists the keys and values of the definition, and the names of fields
// that may be missing there, that a problem mentions.
func wordsIn(problem string, definition []byte) []string {
	known := maps.Clone(fields)
	if v, err := document.Decode(definition); err == nil {
		collect(v, known)
	}
	for _, word := range common {
		delete(known, word)
	}
	joined := strings.ToLower(strings.ReplaceAll(problem, " ", ""))
	var words []string
	for word := range known {
		const longest, compound = 200, 8
		bare := strings.TrimSuffix(word, ".$")
		if len(bare) < 2 || len(word) > longest {
			continue
		}
		// "result writer" speaks of a ResultWriter.
		if mentions(problem, bare) || fields[word] && len(word) >= compound && strings.Contains(joined, strings.ToLower(word)) {
			words = append(words, bare)
		}
	}
	return words
}

// quoted lists what a problem puts in quotes.
func quoted(problem string) []string {
	var words []string
	for _, m := range quotes.FindAllStringSubmatch(problem, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}

// fields are the names of fields that a problem may miss in a definition.
var fields = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(`StartAt Next Default Branches ItemProcessor Iterator ErrorEquals Choices OutputType
		Transformation RoleArn Seconds SecondsPath Timestamp TimestampPath Label ResultWriter ItemReader`) {
		all[name] = true
	}
	return all
}()

func collect(v any, known map[string]bool) {
	switch v := v.(type) {
	case string:
		known[v] = true
	case []any:
		for _, e := range v {
			collect(e, known)
		}
	case *document.Object:
		for key, e := range v.All() {
			known[key] = true
			collect(e, known)
		}
	}
}

// mentions tells that a word stands in a text on its own.
func mentions(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !letter(text[i-1])) && (end == len(text) || !letter(text[end])) {
			return true
		}
		at = i + 1
	}
}

func letter(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}
