package jsonata

import (
	"math"
	"strconv"
	"strings"
)

// datePicture is a date/time picture, of XPath's fn:format-dateTime, taken
// apart.
type datePicture struct{ parts []datePart }

type datePart struct {
	literal   string
	component byte // 0 for a literal
	names     bool // written as a name
	letters   letterCase
	format    *integerFormat
	zulu      bool // Z for no offset
	second    byte // second presentation modifier
	min, max  int  // width, -1 where it is open
	digits    int  // of a year that is cut short, -1 if it is not
}

// defaultPresentations say how a component is written if the picture doesn't.
var defaultPresentations = map[byte]string{
	'Y': "1", 'M': "1", 'D': "1", 'd': "1", 'F': "n", 'W': "1", 'w': "1", 'X': "1", 'x': "1", 'H': "1", 'h': "1", 'P': "n", 'm': "01",
	's': "01", 'f': "1", 'Z': "01:01", 'z': "01:01", 'C': "n", 'E': "n",
}

func parseDatePicture(picture string) (*datePicture, error) {
	p := &datePicture{}
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			p.parts = append(p.parts, datePart{literal: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(picture); i++ {
		switch c := picture[i]; {
		case c == '[' && strings.HasPrefix(picture[i+1:], "["), c == ']' && strings.HasPrefix(picture[i+1:], "]"):
			literal.WriteByte(c)
			i++
		case c == '[':
			end := strings.IndexByte(picture[i:], ']')
			if end < 0 {
				return nil, dynamic("D3135")
			}
			flush()
			part, err := parseMarker(strings.Join(strings.Fields(picture[i+1:i+end]), ""))
			if err != nil {
				return nil, err
			}
			if n := len(p.parts); n > 0 && p.parts[n-1].format != nil && part.format != nil {
				prev := p.parts[n-1].format // no text between two numbers: the width of the first counts
				prev.width = prev.mandatory
			}
			p.parts = append(p.parts, part)
			i += end
		default:
			literal.WriteByte(c)
		}
	}
	flush()
	return p, nil
}

func parseMarker(marker string) (datePart, error) {
	d := datePart{min: -1, max: -1, digits: -1}
	if marker == "" {
		return d, dynamicValue("D3132", textOf(""))
	}
	d.component = marker[0]
	presentation := marker[1:]
	if i := strings.LastIndexByte(marker, ','); i > 0 {
		presentation = marker[1:i]
		least, most, _ := strings.Cut(marker[i+1:], "-")
		d.min, d.max = width(least), width(most)
	}
	byDefault, known := defaultPresentations[d.component]
	if !known {
		return d, dynamicValue("D3132", textOf(marker[:1]))
	}
	if n := len(presentation); n > 1 && strings.IndexByte("atco", presentation[n-1]) >= 0 {
		d.second = presentation[n-1]
		presentation = presentation[:n-1]
	}
	if presentation == "" {
		presentation = byDefault
	}
	return d, d.present(presentation)
}

func width(s string) int {
	n, used := leadingNumber(s, 9)
	if used == 0 {
		return -1
	}
	return n
}

func (d *datePart) present(presentation string) error {
	var err error
	switch {
	case presentation[0] == 'n':
		d.names, d.letters = true, lowerCase
	case presentation[0] == 'N':
		d.names, d.letters = true, upperCase
		if strings.HasPrefix(presentation[1:], "n") {
			d.letters = titleCase
		}
	case strings.IndexByte("YMDdFWwXxHhmsf", d.component) >= 0:
		if d.second != 0 {
			presentation += ";" + string(d.second)
		}
		if d.format, err = parseIntegerPicture(presentation); err != nil {
			return err
		}
		if d.min >= 0 && d.format.mandatory < min(d.min, maxWidth) {
			d.format.mandatory = min(d.min, maxWidth)
		}
		if d.component == 'Y' {
			if d.max >= 0 {
				d.digits = d.max
				d.format.mandatory = min(d.max, maxWidth)
			} else if w := d.format.mandatory + d.format.optional; w >= 2 {
				d.digits = w
			}
		}
	}
	if d.component == 'Z' || d.component == 'z' {
		d.zulu = d.second == 't'
		d.format, err = parseIntegerPicture(presentation)
	}
	return err
}

// maxWidth bounds how wide a component may be written.
const maxWidth = 100

var (
	monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	dayNames   = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// names gives the names of a component, in order from 1.
func names(component byte) ([]string, error) {
	switch component {
	case 'M', 'x':
		return monthNames, nil
	case 'F':
		return dayNames, nil
	}
	return nil, dynamicValue("D3133", textOf(string(component)))
}

func (l letterCase) apply(s string) string {
	switch l {
	case upperCase:
		return strings.ToUpper(s)
	case lowerCase:
		return strings.ToLower(s)
	}
	return s
}

func (d *datePart) write(t moment) (string, error) {
	switch d.component {
	case 0:
		return d.literal, nil
	case 'Z', 'z':
		return d.writeZone(t)
	case 'P':
		s := "am"
		if t.Hour() >= 12 {
			s = "pm"
		}
		return d.letters.apply(s), nil
	case 'C', 'E':
		return "ISO", nil
	}
	v := t.fragment(d.component)
	if d.names {
		list, err := names(d.component)
		if err != nil {
			return "", err
		}
		name := d.letters.apply(list[int(v)-1])
		if d.max >= 0 && len(name) > d.max {
			name = name[:d.max]
		}
		return name, nil
	}
	if d.component == 'Y' && d.digits >= 0 {
		v = math.Mod(v, math.Pow(10, float64(d.digits)))
	}
	return d.format.format(v)
}

func (d *datePart) writeZone(t moment) (string, error) {
	sign, zone := "+", t.zone
	if zone < 0 {
		sign, zone = "-", -zone
	}
	if zone == 0 && d.zulu {
		return "Z", nil
	}
	hours, minutes := float64(zone/60), float64(zone%60)
	var s string
	var err error
	format := d.format
	if format == nil {
		format, _ = parseIntegerPicture("01:01")
	}
	switch {
	case format.every > 0 || format.mandatory == 3 || format.mandatory == 4:
		s, err = format.format(hours*100 + minutes)
	case format.mandatory == 1 || format.mandatory == 2:
		s, err = format.format(hours)
		if minutes != 0 {
			s += ":" + pad2(int(minutes))
		}
	default:
		return "", dynamicValue("D3134", numberOf(float64(format.mandatory)))
	}
	if d.component == 'z' {
		sign = "GMT" + sign
	}
	return sign + s, err
}

func pad2(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
