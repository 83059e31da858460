package jsonata

import (
	"crypto/md5"  //nolint:gosec // an algorithm of the language, not our choice
	"crypto/sha1" //nolint:gosec // an algorithm of the language, not our choice
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
)

func hexOf(r rune) string { return strconv.FormatInt(int64(r), 16) }

func itoa(n int) string { return strconv.Itoa(n) }

// addService adds the functions that only Step Functions has.
func addService(add func(name, sig string, arity int, run func(*evaluator, []value, value) (value, error))) {
	add("partition", "<an:a>", 2, fnPartition)
	add("range", "<nnn:a>", 3, fnRange)
	add("hash", "<s-s:s>", 2, fnHash)
	add("random", "<n?:n>", 1, fnServiceRandom)
	add("uuid", "<:s>", 0, fnUUID)
	add("parse", "<s-:x>", 1, fnParse)
}

// fnPartition cuts an array into chunks: measured on the service, nothing
// comes of an empty array or of size 0, and a negative size is an error.
func fnPartition(ev *evaluator, args []value, _ value) (value, error) {
	v, size := arg(args, 0), arg(args, 1)
	if v.kind != array || size.kind != number {
		return value{}, nil
	}
	by := int(math.Max(-1, math.Min(math.Trunc(size.num), 1<<31)))
	n := length(v)
	if by < 0 {
		return value{}, withMessage("D3137", textOf("$partition() size must not be negative"), "")
	}
	if by == 0 || n == 0 {
		return value{}, nil
	}
	out := &list{}
	for from := 0; from < n; from += by {
		chunk := &list{vals: make([]value, 0, min(by, n-from))}
		for i := from; i < min(from+by, n); i++ {
			chunk.vals = append(chunk.vals, item(v, i))
		}
		if err := ev.charge(len(chunk.vals)); err != nil {
			return value{}, err
		}
		out.vals = append(out.vals, listOf(chunk))
	}
	return listOf(out), nil
}

// fnRange counts from start to end by step; as measured, a range of one
// number comes out as the number, and of none as nothing.
func fnRange(ev *evaluator, args []value, _ value) (value, error) {
	if arg(args, 0).kind != number || arg(args, 1).kind != number || arg(args, 2).kind != number {
		return value{}, nil
	}
	start, end, step := math.Trunc(args[0].num), math.Trunc(args[1].num), math.Trunc(args[2].num)
	for _, f := range [...]float64{start, end, step} {
		if isInfinite(f) {
			return value{}, dynamicValue("D1001", numberOf(f))
		}
	}
	if step == 0 || (end-start)/step < 0 {
		return value{}, nil
	}
	count := math.Floor((end-start)/step) + 1
	if count > maxRange {
		return value{}, ev.take(math.MaxInt64 / 2)
	}
	if err := ev.charge(int(count)); err != nil {
		return value{}, err
	}
	if step == 1 {
		return listOf(&list{seq: true, lo: start, n: int(count)}), nil
	}
	out := newSequence(int(count))
	for i := range int(count) {
		out.vals = append(out.vals, numberOf(start+float64(i)*step))
	}
	return listOf(out), nil
}

func fnHash(_ *evaluator, args []value, _ value) (value, error) {
	v, algorithm := arg(args, 0), arg(args, 1)
	if v.kind != text || algorithm.kind != text {
		return value{}, nil
	}
	data := []byte(v.str())
	var sum []byte
	switch algorithm.str() {
	case "MD5":
		h := md5.Sum(data) //nolint:gosec // as above
		sum = h[:]
	case "SHA-1":
		h := sha1.Sum(data) //nolint:gosec // as above
		sum = h[:]
	case "SHA-256":
		h := sha256.Sum256(data)
		sum = h[:]
	case "SHA-384":
		h := sha512.Sum384(data)
		sum = h[:]
	case "SHA-512":
		h := sha512.Sum512(data)
		sum = h[:]
	default:
		return value{}, withMessage("D3137", textOf("$hash() does not know the algorithm "+document.Text(algorithm.str())), "")
	}
	return textOf(hex.EncodeToString(sum)), nil
}

// fnServiceRandom gives a random number; with a seed, the first nextDouble of
// java.util.Random, as measured.
func fnServiceRandom(ev *evaluator, args []value, _ value) (value, error) {
	seed := arg(args, 0)
	if seed.kind != number {
		return numberOf(ev.random()), nil
	}
	const multiplier, mask = 0x5DEECE66D, 1<<48 - 1
	state := (javaLong(seed.num) ^ multiplier) & mask
	next := func(bits uint) int64 {
		state = (state*multiplier + 0xB) & mask
		return state >> (48 - bits)
	}
	return numberOf(float64(next(26)<<27+next(27)) / (1 << 53)), nil
}

// javaLong converts as Java does, to the nearest bound where there is no room.
func javaLong(f float64) int64 {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

func fnUUID(ev *evaluator, _ []value, _ value) (value, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], ev.bits())
	binary.BigEndian.PutUint64(b[8:], ev.bits())
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return textOf(s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]), nil
}
