package intrinsic

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/flowstone-go/flow/internal/document"
)

// maxSafe bounds the integers that a JSON number of 64 bits holds exactly.
const maxSafe = 1 << 53

// whole gives an argument as an integer; a fraction is rounded half up, toward
// +infinity, as AWS does.
func whole(v any, what string) (int64, error) {
	if i, ok := document.Integer(v); ok {
		return i, nil
	}
	f, ok := document.Float(v)
	if !ok {
		return 0, fmt.Errorf("%s is no number but %s", what, a(document.KindOf(v)))
	}
	f = math.Floor(f + 0.5)
	if math.IsNaN(f) || f < -(1<<63) || f >= 1<<63 {
		return 0, fmt.Errorf("%s is out of range", what)
	}
	return int64(f), nil
}

func mathAdd(_ Env, args []any) (any, error) {
	x, err := whole(args[0], "the first argument")
	if err != nil {
		return nil, err
	}
	y, err := whole(args[1], "the second argument")
	if err != nil {
		return nil, err
	}
	sum := x + y
	if (x > 0 && y > 0 && sum < 0) || (x < 0 && y < 0 && sum >= 0) {
		return nil, errors.New("the sum is out of range")
	}
	return document.Int(sum), nil
}

// mathRandom gives an integer from the first argument up to the second,
// exclusive. With a seed the number depends only on the arguments; it is not
// the number that AWS gives for that seed, which is not known.
func mathRandom(env Env, args []any) (any, error) {
	start, err := whole(args[0], "the start")
	if err != nil {
		return nil, err
	}
	end, err := whole(args[1], "the end")
	if err != nil {
		return nil, err
	}
	if start < -maxSafe || end > maxSafe {
		return nil, errors.New("the range is out of bounds")
	}
	if start >= end {
		return nil, fmt.Errorf("the start %d is not below the end %d", start, end)
	}
	random := env.Random
	if len(args) == 3 {
		seed, err := whole(args[2], "the seed")
		if err != nil {
			return nil, err
		}
		random = rand.New(rand.NewPCG(uint64(seed), 0)).Float64 //nolint:gosec // reproducible by request
	}
	n := start + int64(random()*float64(end-start))
	return float64(max(start, min(n, end-1))), nil
}

func uuid(env Env, _ []any) (any, error) { return env.UUID(), nil }
