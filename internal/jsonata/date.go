package jsonata

import (
	"math"
	"regexp"
	"strings"
	"time"
)

// moment is a point in time as it is written at an offset from UTC.
type moment struct {
	time.Time
	zone int // minutes east of UTC
}

// maxMillis is the farthest from 1970 that ECMAScript counts.
const maxMillis = 8.64e15

func momentOf(millis float64, zone int) moment {
	t := time.UnixMilli(int64(millis)).UTC().Add(time.Duration(zone) * time.Minute)
	return moment{t, zone}
}

// fragment gives a component of the moment by its letter in pictures.
func (t moment) fragment(component byte) float64 {
	switch component {
	case 'Y':
		return float64(t.Year())
	case 'M':
		return float64(t.Month())
	case 'D':
		return float64(t.Day())
	case 'd':
		return float64(t.YearDay())
	case 'F':
		return float64((int(t.Weekday())+6)%7 + 1)
	case 'W':
		_, week := t.ISOWeek()
		return float64(week)
	case 'X':
		year, _ := t.ISOWeek()
		return float64(year)
	case 'w', 'x':
		month, week := t.monthWeek()
		if component == 'x' {
			return float64(month)
		}
		return float64(week)
	case 'H':
		return float64(t.Hour())
	case 'h':
		return float64((t.Hour()+11)%12 + 1)
	case 'm':
		return float64(t.Minute())
	case 's':
		return float64(t.Second())
	case 'f':
		return float64(t.Nanosecond() / 1e6)
	}
	return 0
}

// monthWeek gives the week in the month, counted as ISO does in the year: a
// week belongs to the month of its Thursday.
func (t moment) monthWeek() (time.Month, int) {
	thursday := t.AddDate(0, 0, 3-(int(t.Weekday())+6)%7)
	return thursday.Month(), (thursday.Day()-1)/7 + 1
}

// parseZone reads +hhmm, -hhmm or hhmm, with or without a colon.
func parseZone(s string) (minutes int, ok bool) {
	if s == "Z" || s == "" {
		return 0, true
	}
	digits := strings.ReplaceAll(strings.TrimLeft(s[:1], "+-")+s[1:], ":", "")
	n, used := leadingNumber(digits, 6)
	if used != len(digits) || used == 0 {
		return 0, false
	}
	if used <= 2 {
		minutes = n * 60
	} else {
		minutes = n/100*60 + n%100
	}
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

const isoPicture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"

func formatMillis(ev *evaluator, millis float64, picture, zone value) (value, error) {
	if isInfinite(millis) || math.Abs(millis) > maxMillis {
		return value{}, dynamicValue("D1001", numberOf(millis))
	}
	offset := 0
	if zone.kind == text {
		var ok bool
		if offset, ok = parseZone(zone.str()); !ok || offset > 1<<20 || offset < -1<<20 {
			return value{}, dynamicValue("D3134", zone)
		}
	}
	t := momentOf(millis, offset)
	if picture.kind != text {
		if year := t.Year(); offset == 0 && year >= 0 && year <= 9999 {
			return textOf(t.Format("2006-01-02T15:04:05.000Z")), nil
		}
		picture = textOf(isoPicture)
	}
	p, err := parseDatePicture(picture.str())
	if err != nil {
		return value{}, err
	}
	var out strings.Builder
	for i := range p.parts {
		s, err := p.parts[i].write(t)
		if err != nil {
			return value{}, err
		}
		out.WriteString(s)
	}
	return ev.made(out.String())
}

func fnFromMillis(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	return formatMillis(ev, v.num, arg(args, 1), arg(args, 2))
}

func fnNow(ev *evaluator, args []value, _ value) (value, error) {
	return formatMillis(ev, float64(ev.clock().UnixMilli()), arg(args, 0), arg(args, 1))
}

func fnMillis(ev *evaluator, _ []value, _ value) (value, error) {
	return numberOf(float64(ev.clock().UnixMilli())), nil
}

var isoTime = regexp.MustCompile(`^(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$`)

func fnToMillis(ev *evaluator, args []value, _ value) (value, error) {
	v, picture := arg(args, 0), arg(args, 1)
	if v.kind != text {
		return value{}, nil
	}
	if picture.kind == text {
		return ev.parseTime(v.str(), picture.str())
	}
	m := isoTime.FindStringSubmatch(v.str())
	if m == nil {
		return value{}, dynamicValue("D3110", v)
	}
	part := func(i, otherwise int) int {
		n, used := leadingNumber(m[i], 9)
		if used == 0 {
			return otherwise
		}
		return n
	}
	millis := 0
	if m[7] != "" {
		millis, _ = leadingNumber((m[7] + "00")[1:], 3)
	}
	month, day, hour := part(2, 1), part(3, 1), part(4, 0)
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 {
		return value{}, dynamicValue("D3110", v)
	}
	t := time.Date(part(1, 0), time.Month(month), day, hour, part(5, 0), part(6, 0), millis*1e6, time.UTC)
	zone, _ := parseZone(m[8])
	return numberOf(float64(t.UnixMilli() - int64(zone)*60000)), nil
}
