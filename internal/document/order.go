package document

import (
	"cmp"
	"unicode/utf8"
)

// CompareStrings orders two strings by their UTF-16 code units, as Step
// Functions does: -1, 0 or 1. It differs from the order of bytes only where a
// character beyond U+FFFF meets one from U+E000 on.
func CompareStrings(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) {
		return cmp.Compare(len(a), len(b))
	}
	if a[i] < 0xEE || b[i] < 0xEE { // below the lead byte of U+E000
		return cmp.Compare(a[i], b[i])
	}
	x, _ := utf8.DecodeRuneInString(a[i:])
	y, _ := utf8.DecodeRuneInString(b[i:])
	return cmp.Compare(unit(x), unit(y))
}

// unit gives the first UTF-16 code unit of r, with the rest behind it.
func unit(r rune) int64 {
	if r < 0x10000 {
		return int64(r) << 32
	}
	r -= 0x10000
	return int64(0xD800+r>>10)<<32 | int64(r&0x3FF)
}
