package compare

import (
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// ParseTimestamp reads a timestamp as Step Functions does, by the strict rules
// of RFC 3339: four digits for the year and two for all else, an upper-case T,
// seconds with or without a fraction, and an upper-case Z or an offset.
func ParseTimestamp(s string) (time.Time, bool) {
	const shape = "0000-00-00T00:00:00"
	if len(s) <= len(shape) || !shaped(s[:len(shape)], shape) {
		return time.Time{}, false
	}
	rest := s[len(shape):]
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		if n == 1 {
			return time.Time{}, false
		}
		rest = rest[n:]
	}
	if rest != "Z" && !shaped(rest, "+00:00") && !shaped(rest, "-00:00") {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// shaped tells that s is like shape, with any digits in the place of 0.
func shaped(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		if shape[i] == '0' && (s[i] < '0' || s[i] > '9') || shape[i] != '0' && s[i] != shape[i] {
			return false
		}
	}
	return true
}

func timestampOf(v any) (time.Time, bool) {
	s, ok := document.Str(v)
	if !ok {
		return time.Time{}, false
	}
	return ParseTimestamp(s)
}
