package compare

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Placeholders are the stand-ins that occur in the expected values of one
// case. A bracketed one (<uuid:1>) may stand anywhere inside a string and
// matches one or more characters; one without brackets (date) counts only
// where it is a whole value, and matches any value. The zero value has none.
type Placeholders struct {
	bracketed []string // the longest first, so that <<token>:1> is found before <token>
	whole     map[string]bool
	anyEvent  bool // see AnyEvent
}

// NewPlaceholders sorts a case's list of placeholders. Empty names and
// repetitions are dropped.
func NewPlaceholders(list []string) *Placeholders {
	p := &Placeholders{whole: map[string]bool{}}
	for _, name := range list {
		if strings.HasPrefix(name, "<") && strings.HasSuffix(name, ">") && len(name) > 2 {
			p.bracketed = append(p.bracketed, name)
		} else if name != "" {
			p.whole[name] = true
		}
	}
	slices.SortFunc(p.bracketed, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	p.bracketed = slices.Compact(p.bracketed)
	return p
}

// Whole tells that a value is a placeholder that matches any value.
func (p *Placeholders) Whole(v any) bool {
	s, ok := v.(string)
	return ok && p.whole[s]
}

// numbered is how the name of a placeholder ends that stood for the same text
// throughout one recording: <uuid:1>, <ArnPart_0idx>.
var numbered = regexp.MustCompile(`(:\d+|_\d+idx)>?$`)

// piece is a part of a pattern: literal text, or the name of a placeholder.
type piece struct {
	text        string
	placeholder bool
}

func (q piece) numbered() bool { return q.placeholder && numbered.MatchString(q.text) }

// pieces splits a string at its placeholders. There are none in the answer if
// it has none.
func (p *Placeholders) pieces(s string) []piece {
	if len(p.bracketed) == 0 || !strings.Contains(s, "<") {
		return nil
	}
	var all []piece
	literal := 0
	for i := 0; i < len(s); {
		name := ""
		if s[i] == '<' {
			for _, candidate := range p.bracketed {
				if strings.HasPrefix(s[i:], candidate) {
					name = candidate
					break
				}
			}
		}
		if name == "" {
			i++
			continue
		}
		if literal < i {
			all = append(all, piece{text: s[literal:i]})
		}
		all = append(all, piece{text: name, placeholder: true})
		i += len(name)
		literal = i
	}
	if all != nil && literal < len(s) {
		all = append(all, piece{text: s[literal:]})
	}
	return all
}

// Match tells whether a text is what a string with placeholders stands for,
// and what each numbered placeholder stood for in it; known holds what is known
// of some beforehand and may be nil. Where several readings are possible the
// one with the shortest texts counts.
func (p *Placeholders) Match(pattern, text string, known map[string]string) (found map[string]string, ok bool) {
	pieces := p.pieces(pattern)
	if pieces == nil {
		return nil, pattern == text
	}
	readings(pieces, text, known, func(assigned map[string]string) bool {
		found, ok = assigned, true
		return false
	})
	return found, ok
}

// Substitute puts what is known of placeholders into a string.
func (p *Placeholders) Substitute(s string, known map[string]string) string {
	pieces := p.pieces(s)
	if pieces == nil {
		return s
	}
	var b strings.Builder
	for _, q := range pieces {
		if text, ok := known[q.text]; ok && q.placeholder {
			b.WriteString(text)
		} else {
			b.WriteString(q.text)
		}
	}
	return b.String()
}

// tries bounds how many places are tried for the placeholders of one string,
// so that a hostile pattern ends: it then does not match.
const tries = 100_000

// readings calls yield with each way in which text can be read as pieces, the
// shortest texts first, until yield gives false. What is in known is taken as
// given; the map passed to yield holds the numbered placeholders that were not.
func readings(pieces []piece, text string, known map[string]string, yield func(map[string]string) bool) {
	left := tries
	assigned := map[string]string{}
	var read func(i, at int) bool
	read = func(i, at int) bool {
		if left--; left < 0 {
			return false
		}
		if i == len(pieces) {
			if at != len(text) {
				return true
			}
			return yield(maps.Clone(assigned))
		}
		q := pieces[i]
		if !q.placeholder {
			if !strings.HasPrefix(text[at:], q.text) {
				return true
			}
			return read(i+1, at+len(q.text))
		}
		isNumbered := q.numbered()
		if isNumbered {
			value, ok := known[q.text]
			if !ok {
				value, ok = assigned[q.text]
			}
			if ok {
				if !strings.HasPrefix(text[at:], value) {
					return true
				}
				return read(i+1, at+len(value))
			}
		}
		if i == len(pieces)-1 { // the last one takes the rest
			return at == len(text) || taking(q, isNumbered, assigned, text[at:], func() bool { return read(i+1, len(text)) })
		}
		for end := at + 1; end <= len(text); end++ {
			if next := pieces[i+1]; !next.placeholder {
				skip := strings.Index(text[end:], next.text)
				if skip < 0 {
					return true
				}
				end += skip
			}
			if !taking(q, isNumbered, assigned, text[at:end], func() bool { return read(i+1, end) }) {
				return false
			}
		}
		return true
	}
	read(0, 0)
}

// taking goes on with a placeholder standing for a text, and takes it back.
func taking(q piece, isNumbered bool, assigned map[string]string, value string, next func() bool) bool {
	if !isNumbered {
		return next()
	}
	assigned[q.text] = value
	defer delete(assigned, q.text)
	return next()
}
