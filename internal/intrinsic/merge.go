package intrinsic

import (
	"errors"
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
)

// jsonMerge puts the members of the second object over those of the first. Step
// Functions has only this shallow mode, so the third argument must be false.
func jsonMerge(_ Env, args []any) (any, error) {
	for i, what := range []string{"the first argument", "the second argument"} {
		if kind := document.KindOf(args[i]); kind != document.ObjectKind {
			return nil, fmt.Errorf("%s is no object but %s", what, a(kind))
		}
	}
	deep, ok := document.Boolean(args[2])
	switch {
	case !ok:
		return nil, fmt.Errorf("the third argument is no boolean but %s", a(document.KindOf(args[2])))
	case deep:
		return nil, errors.New("a deep merge is not supported: the third argument must be false")
	}
	o := document.NewObject(document.Len(args[0]) + document.Len(args[1]))
	for _, from := range args[:2] {
		for key, v := range document.Entries(from) {
			o.Set(key, v)
		}
	}
	return o, nil
}
