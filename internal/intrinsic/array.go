package intrinsic

import (
	"errors"
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
)

func array(_ Env, args []any) (any, error) { return args, nil }

func arrayContains(_ Env, args []any) (any, error) {
	if err := needArray(args[0]); err != nil {
		return nil, err
	}
	for e := range document.Elements(args[0]) {
		if document.Equal(e, args[1]) {
			return true, nil
		}
	}
	return false, nil
}

func arrayGetItem(_ Env, args []any) (any, error) {
	if err := needArray(args[0]); err != nil {
		return nil, err
	}
	i, err := whole(args[1], "the index")
	if err != nil {
		return nil, err
	}
	n := document.Len(args[0])
	if i < 0 || i >= int64(n) {
		return nil, fmt.Errorf("the index %d is not in an array of %d elements", i, n)
	}
	v, _ := document.Index(args[0], int(i))
	return v, nil
}

func arrayLength(_ Env, args []any) (any, error) {
	if err := needArray(args[0]); err != nil {
		return nil, err
	}
	return float64(document.Len(args[0])), nil
}

func arrayPartition(_ Env, args []any) (any, error) {
	if err := needArray(args[0]); err != nil {
		return nil, err
	}
	size, err := whole(args[1], "the size of the parts")
	if err != nil {
		return nil, err
	}
	if size < 1 {
		return nil, fmt.Errorf("the size of the parts is %d, not a positive integer", size)
	}
	n := int64(document.Len(args[0]))
	size = min(size, max(n, 1))
	parts := make([]any, 0, (n+size-1)/size)
	var part []any
	for e := range document.Elements(args[0]) {
		if part == nil {
			part = make([]any, 0, size)
		}
		if part = append(part, e); int64(len(part)) == size {
			parts = append(parts, part)
			part = nil
		}
	}
	if part != nil {
		parts = append(parts, part)
	}
	return parts, nil
}

// maxRange is the number of elements that AWS allows in a range.
const maxRange = 1000

func arrayRange(_ Env, args []any) (any, error) {
	var bounds [3]int64
	for i, what := range [3]string{"the first number", "the last number", "the step"} {
		n, err := whole(args[i], what)
		if err != nil {
			return nil, err
		}
		if n < -maxSafe || n > maxSafe {
			return nil, fmt.Errorf("%s is out of range", what)
		}
		bounds[i] = n
	}
	first, last, by := bounds[0], bounds[1], bounds[2]
	switch {
	case by == 0:
		return nil, errors.New("the step is zero")
	case (last-first)/by >= maxRange:
		return nil, fmt.Errorf("the range has more than %d elements", maxRange)
	case (last > first && by < 0) || (last < first && by > 0):
		return []any{}, nil
	}
	list := make([]any, 0, (last-first)/by+1)
	for n := first; (by > 0 && n <= last) || (by < 0 && n >= last); n += by {
		list = append(list, float64(n))
	}
	return list, nil
}

func arrayUnique(_ Env, args []any) (any, error) {
	if err := needArray(args[0]); err != nil {
		return nil, err
	}
	seen := make(map[string]bool, document.Len(args[0]))
	list := make([]any, 0, document.Len(args[0]))
	for e := range document.Elements(args[0]) {
		key, err := document.Key(e)
		if err != nil {
			return nil, err
		}
		if !seen[key] {
			seen[key] = true
			list = append(list, e)
		}
	}
	return list, nil
}

func needArray(v any) error {
	if kind := document.KindOf(v); kind != document.Array {
		return fmt.Errorf("the first argument is no array but %s", a(kind))
	}
	return nil
}

// a words a kind with its article.
func a(kind document.Kind) string {
	switch kind {
	case document.Null:
		return "null"
	case document.Array, document.ObjectKind:
		return "an " + kind.String()
	default:
		return "a " + kind.String()
	}
}
