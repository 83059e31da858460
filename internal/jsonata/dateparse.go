package jsonata

import (
	"math"
	"regexp"
	"strings"
	"sync"
	"time"
)

// dateReader reads the times that are written as a picture says.
type dateReader struct {
	re    *regexp.Regexp
	parts []datePart // one for each group of the expression
}

// readers keeps the readers of the last pictures used.
var readers struct {
	sync.Mutex
	byPicture map[string]*dateReader
}

const maxReaders = 256

func readerOf(picture string) (*dateReader, error) {
	readers.Lock()
	r := readers.byPicture[picture]
	readers.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := newReader(picture)
	if err != nil {
		return nil, err
	}
	readers.Lock()
	defer readers.Unlock()
	if readers.byPicture == nil || len(readers.byPicture) >= maxReaders {
		readers.byPicture = make(map[string]*dateReader)
	}
	if len(picture) < 200 {
		readers.byPicture[picture] = r
	}
	return r, nil
}

func newReader(picture string) (*dateReader, error) {
	p, err := parseDatePicture(picture)
	if err != nil {
		return nil, err
	}
	r := &dateReader{}
	var pattern strings.Builder
	pattern.WriteString("(?i)^")
	for _, d := range p.parts {
		if d.component == 0 {
			pattern.WriteString(regexp.QuoteMeta(d.literal))
			continue
		}
		s, err := d.pattern()
		if err != nil {
			return nil, err
		}
		pattern.WriteString("(" + s + ")")
		r.parts = append(r.parts, d)
	}
	pattern.WriteString("$")
	r.re, err = regexp.Compile(pattern.String())
	if err != nil {
		return nil, dynamicValue("D3136", textOf(picture))
	}
	return r, nil
}

var wordPattern = func() string {
	words := make([]string, 0, len(wordValues)+2)
	for w := range wordValues {
		words = append(words, w)
	}
	return "(?:" + strings.Join(append(words, "and", "[-, ]"), "|") + ")+"
}()

// pattern is the regular expression of what the component may look like.
func (d *datePart) pattern() (string, error) {
	switch d.component {
	case 'Z', 'z':
		s := "[-+][0-9]+"
		if d.format != nil && len(d.format.groups) > 0 {
			s += regexp.QuoteMeta(string(d.format.groups[0].char)) + "[0-9]+"
		}
		if d.zulu {
			s = "Z|" + s
		}
		if d.component == 'z' {
			s = "GMT(?:" + s + ")"
		}
		return s, nil
	case 'P':
		return "am|pm", nil
	}
	if d.names || d.format == nil { // calendar and era are never numbers
		list, err := names(d.component)
		if err != nil {
			return "", err
		}
		cut := make([]string, len(list))
		for i, name := range list {
			cut[i] = d.cut(name)
		}
		return strings.Join(cut, "|"), nil
	}
	switch d.format.style {
	case inLetters:
		return "[A-Z]+", nil
	case inRoman:
		return "[IVXLCDM]+", nil
	case inWords:
		return wordPattern, nil
	case inSequence:
		return "", dynamicValue("D3130", textOf(d.format.token))
	}
	var marks strings.Builder
	if d.format.width == 0 {
		for _, g := range d.format.groups {
			marks.WriteString(`\x{` + hexOf(g.char) + "}")
		}
	}
	digits := "[" + marks.String() + `\x{` + hexOf(d.format.zero) + `}-\x{` + hexOf(d.format.zero+9) + "}]"
	if w := d.format.width; w > 0 {
		digits += "{" + itoa(w) + "}"
	} else {
		digits += "+"
	}
	if d.format.ordinal {
		digits += "(?:th|st|nd|rd)"
	}
	return digits, nil
}

func (d *datePart) cut(name string) string {
	if d.max >= 0 && len(name) > d.max {
		return name[:d.max]
	}
	return name
}

// read gives the number that the component stands for.
func (d *datePart) read(s string, newer bool) (float64, bool, error) {
	switch d.component {
	case 'Z', 'z':
		s = strings.TrimPrefix(strings.ToUpper(s), "GMT")
		zone, ok := parseZone(s)
		return float64(zone), ok, nil
	case 'P':
		if strings.EqualFold(s, "pm") {
			return 1, true, nil
		}
		return 0, true, nil
	case 'f':
		if newer && d.format.style == inDigits { // a fraction of a second
			v, ok, err := d.format.parse((s + "00")[:3])
			return v, ok, err
		}
	}
	if d.names {
		list, err := names(d.component)
		for i, name := range list {
			if strings.EqualFold(d.cut(name), s) {
				return float64(i + 1), true, nil
			}
		}
		return 0, false, err
	}
	return d.format.parse(s)
}

// parseTime reads a time as a picture says; what the picture does not mention
// comes from the clock (larger units) or is the least (smaller units).
func (ev *evaluator) parseTime(s, picture string) (value, error) {
	r, err := readerOf(picture)
	if err != nil {
		return value{}, err
	}
	m := r.re.FindStringSubmatch(s)
	if m == nil || len(r.parts) == 0 {
		return value{}, nil
	}
	found := map[byte]float64{}
	for i := range r.parts {
		v, ok, err := r.parts[i].read(m[i+1], ev.expr.opts.newer())
		if err != nil || !ok {
			return value{}, err
		}
		found[r.parts[i].component] = v
	}
	return ev.assemble(found)
}

// only tells that all of the components found that are among of are among
// those wanted, and at least one is.
func only(found map[byte]float64, of, wanted string) bool {
	some := false
	for i := range len(of) {
		if _, ok := found[of[i]]; ok {
			if strings.IndexByte(wanted, of[i]) < 0 {
				return false
			}
			some = true
		}
	}
	return some
}

func (ev *evaluator) assemble(found map[byte]float64) (value, error) {
	const dates, times = "YXMxWwdD", "PHhmsf"
	byDay := false
	components := "YMD"
	switch {
	case only(found, dates, "YMD"):
	case only(found, dates, "Yd"):
		byDay, components = true, "Yd"
	case only(found, dates, "Xxw"):
		components = "XxwF"
	case only(found, dates, "XW"):
		components = "XWF"
	}
	half := !only(found, times, "Hmsf") && only(found, times, "Phmsf")
	if half {
		components += "Phmsf"
	} else {
		components += "Hmsf"
	}
	now := momentOf(float64(ev.clock().UnixMilli()), 0)
	started, ended := false, false
	for i := range len(components) {
		c := components[i]
		if _, ok := found[c]; ok {
			started = true
			if ended {
				return value{}, dynamic("D3136")
			}
			continue
		}
		switch {
		case !started:
			found[c] = now.fragment(c)
		case strings.IndexByte("MDd", c) >= 0:
			found[c], ended = 1, true
		default:
			found[c], ended = 0, true
		}
	}
	if strings.HasPrefix(components, "X") {
		return value{}, dynamic("D3136") // dates by week can't be read
	}
	if byDay {
		found['M'], found['D'] = 1, found['d']
	}
	if half {
		found['H'] = found['h']
		if found['h'] == 12 {
			found['H'] = 0
		}
		if found['P'] == 1 {
			found['H'] += 12
		}
	}
	for _, v := range found {
		if math.Abs(v) > 1e9 {
			return value{}, dynamicValue("D1001", numberOf(v))
		}
	}
	if year := found['Y']; year > 275760 || year < -271821 {
		return value{}, dynamicValue("D1001", numberOf(year))
	}
	if year := found['Y']; year >= 0 && year < 100 {
		found['Y'] += 1900 // as ECMAScript reads a year of two digits
	}
	t := time.Date(int(found['Y']), time.Month(found['M']), int(found['D']), int(found['H']), int(found['m']), int(found['s']), 0, time.UTC)
	return numberOf(float64(t.UnixMilli()) + found['f'] - found['Z']*60000 - found['z']*60000), nil
}
