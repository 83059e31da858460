package draw

// straighten gives each stop its x: as near as the order allows to the middle of
// its neighbours, alternately those above and those below.
func (a *arranging) straighten() {
	for _, layer := range a.layers {
		x := 0.0
		for _, i := range layer {
			a.stops[i].x = x + a.stops[i].w/2
			x += a.stops[i].w + gapX
		}
	}
	const rounds = 12
	for round := range rounds {
		if round%2 == 0 {
			for l := 1; l < len(a.layers); l++ {
				a.pull(a.layers[l], func(s *stop) []int { return s.up })
			}
		} else {
			for l := len(a.layers) - 2; l >= 0; l-- {
				a.pull(a.layers[l], func(s *stop) []int { return s.down })
			}
		}
	}
}

// pull moves the stops of a layer to where their neighbours want them. Of all
// places that keep order and gaps it finds those with the least sum of squares
// of the distances: stops that want to overlap are pooled and moved as one.
func (a *arranging) pull(layer []int, neighbours func(*stop) []int) {
	type pool struct {
		sum, weight float64 // of the wishes, each less the room before it
		n           int
	}
	var pools []pool
	room := 0.0
	rooms := make([]float64, len(layer))
	for place, i := range layer {
		s := &a.stops[i]
		if place > 0 {
			room += a.stops[layer[place-1]].w/2 + gapX + s.w/2
		}
		rooms[place] = room
		weight := 1.0
		if s.virtual {
			weight = 4 // a long edge had better be straight
		}
		wish := a.mean(neighbours(s), s.x) - room
		pools = append(pools, pool{wish * weight, weight, 1})
		for len(pools) > 1 {
			p, q := pools[len(pools)-2], pools[len(pools)-1]
			if p.sum/p.weight <= q.sum/q.weight {
				break
			}
			pools = append(pools[:len(pools)-2], pool{p.sum + q.sum, p.weight + q.weight, p.n + q.n})
		}
	}
	place := 0
	for _, p := range pools {
		for range p.n {
			a.stops[layer[place]].x = p.sum/p.weight + rooms[place]
			place++
		}
	}
}

// finish gives the layers their height and draws the way of each edge.
func (a *arranging) finish(nodes, labels []sized) *layout {
	out := &layout{edges: make([][]point, len(a.g.Edges)), texts: make([]point, len(a.g.Edges))}
	left, right := 0.0, 0.0
	for i := range a.stops {
		s := &a.stops[i]
		if i == 0 || s.x-s.w/2 < left {
			left = s.x - s.w/2
		}
		if i == 0 || s.x+s.w/2 > right {
			right = s.x + s.w/2
		}
	}
	lanes, wide := a.placeLanes()
	out.w = right - left + float64(wide)*laneGap
	tops := make([]float64, len(a.layers))
	heights := make([]float64, len(a.layers))
	for l, layer := range a.layers {
		for _, i := range layer {
			a.stops[i].x -= left
			heights[l] = max(heights[l], a.stops[i].h)
		}
		tops[l] = out.h
		out.h += heights[l] + gapY
	}
	out.h -= gapY
	for i := range nodes {
		s := &a.stops[i]
		out.nodes = append(out.nodes, point{s.x, tops[s.layer] + heights[s.layer]/2})
	}
	for i, e := range a.g.Edges {
		if e.From == e.To {
			out.edges[i], out.texts[i] = loop(out.nodes[e.From], nodes[e.From], labels[i])
			continue
		}
		upper, lower := a.ends(i)
		way := []point{{out.nodes[upper].x, out.nodes[upper].y + nodes[upper].h/2}}
		for j, p := range a.passes[i] {
			s := &a.stops[p]
			way = append(way, point{s.x, tops[s.layer]}, point{s.x, tops[s.layer] + heights[s.layer]})
			if j == 0 {
				out.texts[i] = point{s.x, tops[s.layer] + heights[s.layer]/2}
			}
		}
		if place, ok := lanes[i]; ok {
			x := right - left + float64(place+1)*laneGap
			above := a.stops[a.passes[i][0]].layer
			way = append(way, point{x, tops[above] + heights[above] + gapY/2}, point{x, tops[a.stops[lower].layer] - gapY/2})
		}
		way = append(way, point{out.nodes[lower].x, out.nodes[lower].y - nodes[lower].h/2})
		if a.back[i] {
			for l, r := 0, len(way)-1; l < r; l, r = l+1, r-1 {
				way[l], way[r] = way[r], way[l]
			}
		}
		out.edges[i] = way
	}
	return out
}

// loop is the way of an edge that leads from a node to itself, on its right.
func loop(middle point, size, label sized) (way []point, text point) {
	x := middle.x + size.w/2
	return []point{{x, middle.y + size.h/4}, {x + loopW*0.8, middle.y}, {x, middle.y - size.h/4}},
		point{x + loopW*0.4 + label.w/2, middle.y - size.h/2}
}
