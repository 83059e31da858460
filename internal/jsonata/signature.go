package jsonata

import "strings"

// signature is what a function declares about its arguments, such as
// <s-nn?:s>. Arguments are told apart by one letter each:
//
//	s string  n number  b boolean  l null  o object  a array  f function  m missing
type signature struct {
	params []param
}

type param struct {
	letters string // the kinds of argument it takes
	typ     byte   // the letter it was declared with; '(' for a choice
	subtype string // of an array
	opt     bool   // ?
	many    bool   // +
	context bool   // -: the context item stands in when it is missing
}

// parseSignature reads a signature; the part behind the colon is not checked.
func parseSignature(text string) (*signature, error) {
	s := &signature{}
	for i := 1; i < len(text); i++ {
		c := text[i]
		var prev *param
		if n := len(s.params); n > 0 {
			prev = &s.params[n-1]
		}
		switch c {
		case ':':
			return s, nil
		case 's', 'n', 'b', 'l', 'o':
			s.params = append(s.params, param{letters: string(c) + "m", typ: c})
		case 'a', 'x':
			s.params = append(s.params, param{letters: "asnblfom", typ: c})
		case 'f':
			s.params = append(s.params, param{letters: "f", typ: c})
		case 'j':
			s.params = append(s.params, param{letters: "asnblom", typ: c})
		case '-', '?', '+':
			if prev == nil {
				continue
			}
			prev.context = prev.context || c == '-'
			prev.opt = prev.opt || c != '+'
			prev.many = prev.many || c == '+'
		case '(':
			end := closing(text, i, '(', ')')
			choice := text[i+1 : end]
			if strings.Contains(choice, "<") {
				f := syntaxError("S0402", i, choice)
				f.value = choice
				return nil, f
			}
			s.params = append(s.params, param{letters: choice + "m", typ: '('})
			i = end
		case '<':
			if prev == nil || (prev.typ != 'a' && prev.typ != 'f') {
				f := syntaxError("S0401", i, "")
				if prev != nil {
					f.Token = string(prev.typ)
					f.value = f.Token
				}
				return nil, f
			}
			end := closing(text, i, '<', '>')
			prev.subtype = text[i+1 : end]
			i = end
		}
	}
	return s, nil
}

// closing finds the bracket that closes the one at i.
func closing(text string, i int, open, end byte) int {
	depth := 0
	for j := i; j < len(text); j++ {
		switch text[j] {
		case open:
			depth++
		case end:
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return len(text) - 1
}

var letters = [...]byte{
	undefined: 'm', null: 'l', boolean: 'b', number: 'n', text: 's', array: 'a', object: 'o', function: 'f', unset: 'm',
	tuples: 'm', tail: 'm',
}

// validate checks arguments against the signature and gives what the function
// is called with: the context item where one is missing, arrays where arrays
// are wanted.
func (s *signature) validate(args []value, ctx value) ([]value, error) {
	if s.fits(args) {
		return args, nil
	}
	var few [8]byte
	kinds := few[:0]
	for _, a := range args {
		kinds = append(kinds, letters[a.kind])
	}
	counts := make([]int, len(s.params))
	tries := maxTries
	if !s.match(kinds, 0, counts, &tries) {
		return nil, s.mismatch(kinds)
	}
	out := make([]value, 0, len(s.params))
	at := 0
	for i := range s.params {
		p := &s.params[i]
		if counts[i] == 0 {
			switch {
			case !p.context:
				out = append(out, arg(args, at))
				at++
			case p.takes(letters[ctx.kind]):
				out = append(out, ctx)
			default:
				f := dynamicValue("T0411", ctx)
				f.index = at + 1
				return nil, f
			}
			continue
		}
		for range counts[i] {
			v := arg(args, at)
			if p.typ == 'a' {
				var err error
				if v, err = p.asArray(v, string(kinds[at:min(at+counts[i], len(kinds))]), at); err != nil {
					return nil, err
				}
			}
			out = append(out, v)
			at++
		}
	}
	return out, nil
}

// fits is the common case: every argument of its kind, at most optional ones
// missing at the end, nothing to be turned into an array.
func (s *signature) fits(args []value) bool {
	if len(args) > len(s.params) {
		return false
	}
	for i := range s.params {
		p := &s.params[i]
		if i >= len(args) {
			if !p.opt || p.context {
				return false
			}
			continue
		}
		if p.many || !p.takes(letters[args[i].kind]) {
			return false
		}
		if p.typ == 'a' && (args[i].kind != array || !p.holds(args[i])) {
			return false
		}
	}
	return true
}

// holds tells that all items of an array are of the declared kind.
func (p *param) holds(v value) bool {
	if p.subtype == "" {
		return true
	}
	n := length(v)
	if l := v.list(); n == 0 || l != nil && l.n > 0 {
		return n == 0 || p.subtype[0] == 'n'
	}
	for i := range n {
		if letters[item(v, i).kind] != p.subtype[0] {
			return false
		}
	}
	return true
}

func (p *param) takes(letter byte) bool { return strings.IndexByte(p.letters, letter) >= 0 }

// maxTries bounds the ways in which repeated parameters may share the arguments
// out; what takes more counts as no match.
const maxTries = 10_000

// match assigns the arguments to the parameters, each taking as many as it
// can, and giving back what those behind it need.
func (s *signature) match(kinds []byte, i int, counts []int, tries *int) bool {
	if i == len(s.params) {
		return len(kinds) == 0
	}
	p := &s.params[i]
	most := 0
	for most < len(kinds) && p.takes(kinds[most]) && (most == 0 || p.many) {
		most++
	}
	least := 1
	if p.opt {
		least = 0
	}
	for n := most; n >= least; n-- {
		counts[i] = n
		if *tries--; *tries < 0 {
			return false
		}
		if s.match(kinds[n:], i+1, counts, tries) {
			return true
		}
	}
	return false
}

// mismatch finds the first argument that can't be taken.
func (s *signature) mismatch(kinds []byte) error {
	good, tries := 0, maxTries
	for n := 1; n <= len(s.params); n++ {
		end := s.prefix(kinds, 0, n, &tries)
		if end < 0 {
			break
		}
		good = end
	}
	f := dynamic("T0410")
	f.index = good + 1
	return f
}

// prefix tells how many arguments the first n parameters take, or -1.
func (s *signature) prefix(kinds []byte, i, n int, tries *int) int {
	if i == n {
		return 0
	}
	p := &s.params[i]
	most := 0
	for most < len(kinds) && p.takes(kinds[most]) && (most == 0 || p.many) {
		most++
	}
	least := 1
	if p.opt {
		least = 0
	}
	for k := most; k >= least; k-- {
		if *tries--; *tries < 0 {
			return -1
		}
		if end := s.prefix(kinds[k:], i+1, n, tries); end >= 0 {
			return k + end
		}
	}
	return -1
}

// subtypes are the names of the kinds of items in errors.
var subtypes = map[string]string{
	"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings",
}

func (p *param) asArray(v value, matched string, at int) (value, error) {
	if v.kind == undefined {
		return v, nil
	}
	if v.kind == array && !p.holds(v) || v.kind != array && p.subtype != "" && matched != p.subtype {
		f := dynamicValue("T0412", v)
		f.index, f.typ = at+1, subtypes[p.subtype]
		return value{}, f
	}
	if v.kind != array {
		return listOf(&list{vals: []value{v}}), nil
	}
	return v, nil
}
