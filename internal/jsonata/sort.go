package jsonata

type sortTerm struct {
	by   node
	desc bool
}

// sortStep is an order-by step with the filters behind it.
func (s *step) sortStep(ev *evaluator, fr *frame, v value, many bool) (value, error) {
	items, err := s.sort(ev, fr, v, many)
	for i := range s.stages {
		if err != nil {
			break
		}
		items, err = s.stages[i].filter.apply(ev, fr, items)
	}
	return items, err
}

// sort orders the items of an order-by step; their keys are computed once.
func (s *step) sort(ev *evaluator, fr *frame, v value, many bool) (value, error) {
	items := v
	if !many || v.kind != array {
		items = listOf(&list{seq: true, vals: []value{v}})
	}
	if n := length(items); n > 1 {
		if err := ev.charge(n); err != nil {
			return value{}, err
		}
		in := appendItems(make([]value, 0, n), items)
		order, err := s.rank(ev, n, func(i int, by node) (value, error) { return by.eval(ev, fr, in[i]) })
		if err != nil {
			return value{}, err
		}
		out := make([]value, n)
		for i, from := range order {
			out[i] = in[from]
		}
		return listOf(&list{vals: out}), nil
	}
	if !isSequence(items) { // nothing to order: the items of the step before, as they are
		items = listOf(&list{seq: true, vals: appendItems(nil, items)})
	}
	return items, nil
}

func (s *step) sortTuples(ev *evaluator, fr *frame, scope *itemScope, in *stream) (*stream, error) {
	order, err := s.rank(ev, len(in.items), func(i int, by node) (value, error) {
		return by.eval(ev, scope.enter(ev, fr, in.items[i]), in.items[i].at)
	})
	if err != nil {
		return nil, err
	}
	out := &stream{items: make([]tuple, len(order))}
	for i, from := range order {
		out.items[i] = in.items[from]
	}
	return out, nil
}

// rank gives the order of n items by the terms of the step.
func (s *step) rank(ev *evaluator, n int, key func(int, node) (value, error)) ([]int, error) {
	terms := len(s.terms)
	keys := make([]value, n*terms)
	if n > 1 {
		for i := range n {
			if err := ev.tick(); err != nil {
				return nil, err
			}
			for t := range s.terms {
				k, err := key(i, s.terms[t].by)
				if err != nil {
					return nil, err
				}
				keys[i*terms+t] = k
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	err := mergeSort(order, func(a, b int) (bool, error) {
		for t := range s.terms {
			c, err := compareKeys(keys[a*terms+t], keys[b*terms+t])
			if err != nil {
				return false, located(err, "", s.pos)
			}
			if c != 0 {
				if s.terms[t].desc && c != first && c != last {
					c = -c
				}
				return c > 0, nil
			}
		}
		return false, nil
	})
	return order, err
}

// What compareKeys gives where a key is missing: such items come last in
// either direction.
const (
	first = -2
	last  = 2
)

func compareKeys(a, b value) (int, error) {
	switch {
	case a.kind == undefined && b.kind == undefined:
		return 0, nil
	case a.kind == undefined:
		return last, nil
	case b.kind == undefined:
		return first, nil
	}
	for _, v := range [...]value{a, b} {
		if v.kind != number && v.kind != text {
			return 0, dynamicValue("T2008", v)
		}
	}
	if a.kind != b.kind {
		f := dynamicValue("T2007", a)
		f.value2 = plainForMessage(b)
		return 0, f
	}
	if a.kind == text {
		return sign(compareText(a.str(), b.str())), nil
	}
	switch {
	case a.num == b.num:
		return 0, nil
	case a.num < b.num:
		return -1, nil
	}
	return 1, nil
}

func sign(c int) int {
	switch {
	case c < 0:
		return -1
	case c > 0:
		return 1
	}
	return 0
}

// mergeSort is stable, and asks after tells whether a belongs after b, so
// that a comparison made of user code may fail or lie without harm.
func mergeSort[T any](items []T, after func(a, b T) (bool, error)) error {
	return mergeInto(items, make([]T, len(items)), after)
}

func mergeInto[T any](items, spare []T, after func(a, b T) (bool, error)) error {
	if len(items) < 2 {
		return nil
	}
	middle := len(items) / 2
	if err := mergeInto(items[:middle], spare[:middle], after); err != nil {
		return err
	}
	if err := mergeInto(items[middle:], spare[middle:], after); err != nil {
		return err
	}
	copy(spare, items)
	left, right := spare[:middle], spare[middle:len(items)]
	for i := range items {
		switch {
		case len(left) == 0:
			copy(items[i:], right)
			return nil
		case len(right) == 0:
			copy(items[i:], left)
			return nil
		}
		swap, err := after(left[0], right[0])
		if err != nil {
			return err
		}
		if swap {
			items[i], right = right[0], right[1:]
		} else {
			items[i], left = left[0], left[1:]
		}
	}
	return nil
}
