package jsonata

// seekParent walks back one step from node to find whose input a % is, and
// marks that step so that it remembers it.
func (s *shaper) seekParent(n *ast, sl *slot) error {
	switch n.typ {
	case astName, astWildcard:
		sl.level--
		if sl.level == 0 {
			if n.ancestor == nil {
				n.ancestor = sl
			} else { // two % with one meaning share a label
				s.slots[sl.index].slot.label = n.ancestor.label
				n.ancestor = sl
			}
			n.hasTuple = true
		}
	case astParent:
		sl.level++
	case astBlock:
		if len(n.list) > 0 {
			n.hasTuple = true
			return s.seekParent(n.list[len(n.list)-1], sl)
		}
	case astPath:
		n.hasTuple = true
		i := len(n.list) - 1
		if err := s.seekParent(n.list[i], sl); err != nil {
			return err
		}
		for i--; sl.level > 0 && i >= 0; i-- {
			if err := s.seekParent(n.list[i], sl); err != nil {
				return err
			}
		}
	default:
		return syntaxError("S0217", n.pos, typeNames[n.typ])
	}
	return nil
}

// resolveAncestry looks for the steps that the open % of the last step mean;
// what goes beyond the first step is left for the path's surroundings.
func (s *shaper) resolveAncestry(path *ast) error {
	last := path.list[len(path.list)-1]
	slots := last.seeking
	if last.typ == astParent {
		slots = append(slots, last.slot)
	}
	for _, sl := range slots {
		for i := len(path.list) - 2; sl.level > 0; {
			if i < 0 {
				path.seeking = append(path.seeking, sl)
				break
			}
			step := path.list[i]
			i--
			for i >= 0 && step.focus != "" && path.list[i].focus != "" {
				step = path.list[i] // steps that bind their focus all look at one input
				i--
			}
			if err := s.seekParent(step, sl); err != nil {
				return err
			}
		}
	}
	return nil
}
