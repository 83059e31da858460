package compare

// pair is two events that stand opposite each other; -1 where one has no
// opposite.
type pair struct{ want, got int }

// lineUp pairs the events of two lists so that as many as possible of the same
// type and state stand opposite each other, in order.
func lineUp(want, got []any) []pair {
	// Common ends need no table.
	head := 0
	for head < len(want) && head < len(got) && label(want[head]) == label(got[head]) {
		head++
	}
	tail := 0
	for tail < len(want)-head && tail < len(got)-head &&
		label(want[len(want)-1-tail]) == label(got[len(got)-1-tail]) {
		tail++
	}
	var pairs []pair
	for i := range head {
		pairs = append(pairs, pair{i, i})
	}
	pairs = append(pairs, middle(want, got, head, len(want)-tail, len(got)-tail)...)
	for i := range tail {
		pairs = append(pairs, pair{len(want) - tail + i, len(got) - tail + i})
	}
	return pairs
}

// largest bounds the table by which the middle of two lists is lined up; of
// longer ones, all of want counts as missing and all of got as superfluous.
const largest = 4_000_000

func middle(want, got []any, from, wantEnd, gotEnd int) []pair {
	n, m := wantEnd-from, gotEnd-from
	if n*m > largest {
		return apart(from, wantEnd, gotEnd)
	}
	// common[i][j] is how many of want[i:] and got[j:] can be paired.
	common := make([][]int32, n+1)
	for i := range common {
		common[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if label(want[from+i]) == label(got[from+j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var pairs []pair
	i, j := 0, 0
	for i < n && j < m {
		switch {
		case label(want[from+i]) == label(got[from+j]):
			pairs = append(pairs, pair{from + i, from + j})
			i++
			j++
		case common[i+1][j] >= common[i][j+1]:
			pairs = append(pairs, pair{from + i, -1})
			i++
		default:
			pairs = append(pairs, pair{-1, from + j})
			j++
		}
	}
	for ; i < n; i++ {
		pairs = append(pairs, pair{from + i, -1})
	}
	for ; j < m; j++ {
		pairs = append(pairs, pair{-1, from + j})
	}
	return pairs
}

func apart(from, wantEnd, gotEnd int) []pair {
	var pairs []pair
	for i := from; i < wantEnd; i++ {
		pairs = append(pairs, pair{i, -1})
	}
	for j := from; j < gotEnd; j++ {
		pairs = append(pairs, pair{-1, j})
	}
	return pairs
}

// label is what two events share that stand opposite each other.
func label(e any) [2]string { return [2]string{eventType(e), stateName(e)} }
