package jsonata

import "strconv"

// shaper turns the tree as it was written into the tree as it is evaluated:
// dots become paths of steps, predicates belong to their step, and each %
// finds the step whose input it names.
type shaper struct {
	*arena
	slots []*ast // every % in the expression
}

func (a *arena) shape(n *ast) (*ast, error) {
	s := shaper{arena: a}
	out, err := s.shape(n)
	if err != nil {
		return nil, err
	}
	if out.typ == astParent || out.seeking != nil {
		return nil, syntaxError("S0217", out.pos, typeNames[out.typ])
	}
	return out, nil
}

func (s *shaper) shape(n *ast) (*ast, error) {
	if n == nil {
		return nil, nil //nolint:nilnil // an absent part stays absent
	}
	out, err := s.shapeNode(n)
	if err != nil {
		return nil, err
	}
	if n.keepArray {
		out.keepArray = true
	}
	return out, nil
}

func (s *shaper) shapeNode(n *ast) (*ast, error) {
	switch n.typ {
	case astBinary:
		return s.binary(n)
	case astName:
		return s.node(ast{typ: astPath, pos: n.pos, list: []*ast{n}, keepSingleton: n.keepArray}), nil
	case astEnd:
		return nil, syntaxError("S0207", n.pos, n.value)
	case astOperator: // and, or, in as names
		n.typ = astName
		return s.shapeNode(n)
	case astParent:
		label := "%" + strconv.Itoa(len(s.slots))
		n.slot = &slot{label: label, level: 1, index: len(s.slots)}
		s.slots = append(s.slots, n)
		return n, nil
	case astNegate:
		return s.negate(n)
	case astArray, astFunction, astPartial, astBlock:
		return s.listed(n)
	case astObject:
		return n, s.shapePairs(n, n.pairs, true)
	case astLambda:
		body, err := s.shape(n.lhs)
		if err != nil {
			return nil, err
		}
		markTail(body)
		n.lhs = body
		return n, nil
	case astCondition, astCoalesce, astDefault:
		return n, s.operands(n, true)
	case astTransform:
		return n, s.operands(n, false)
	}
	return n, nil
}

// operands shapes the up to three parts of a node; adopt hands their open %
// on to the node.
func (s *shaper) operands(n *ast, adopt bool) error {
	for _, part := range []**ast{&n.lhs, &n.rhs, &n.third} {
		p, err := s.shape(*part)
		if err != nil {
			return err
		}
		*part = p
		if adopt {
			pushAncestry(n, p)
		}
	}
	return nil
}

func (s *shaper) negate(n *ast) (*ast, error) {
	e, err := s.shape(n.lhs)
	if err != nil {
		return nil, err
	}
	if e.typ == astNumber {
		e.num = -e.num
		return e, nil
	}
	n.lhs = e
	pushAncestry(n, e)
	return n, nil
}

func (s *shaper) listed(n *ast) (*ast, error) {
	for i, e := range n.list {
		part, err := s.shape(e)
		if err != nil {
			return nil, err
		}
		n.list[i] = part
		pushAncestry(n, part)
		if n.typ == astBlock && (part.consArray || (part.typ == astPath && part.list[0].consArray)) {
			n.consArray = true
		}
	}
	if n.typ == astFunction || n.typ == astPartial {
		procedure, err := s.shape(n.lhs)
		if err != nil {
			return nil, err
		}
		n.lhs = procedure
	}
	return n, nil
}

func (s *shaper) shapePairs(n *ast, pairs []pair, adopt bool) error {
	for i := range pairs {
		key, err := s.shape(pairs[i].key)
		if err != nil {
			return err
		}
		v, err := s.shape(pairs[i].value)
		if err != nil {
			return err
		}
		pairs[i] = pair{key, v}
		if adopt {
			pushAncestry(n, key)
			pushAncestry(n, v)
		}
	}
	return nil
}

func (s *shaper) binary(n *ast) (*ast, error) {
	left, err := s.shape(n.lhs)
	if err != nil {
		return nil, err
	}
	switch n.value {
	case ".":
		return s.dot(n, left)
	case "[":
		return s.filter(n, left)
	case "{":
		if left.group != nil {
			return nil, syntaxError("S0210", n.pos, "{")
		}
		left.group = &group{pairs: n.pairs, pos: n.pos}
		return left, s.shapePairs(n, n.pairs, false)
	case "^":
		return s.order(n, left)
	case "@", "#":
		return s.binding(n, left)
	}
	n.lhs = left
	if n.rhs, err = s.shape(n.rhs); err != nil {
		return nil, err
	}
	switch n.value {
	case ":=":
		n.typ = astBind
		pushAncestry(n, n.rhs)
	case "~>":
		n.typ = astApply
		n.keepArray = n.lhs.keepArray || n.rhs.keepArray
	default:
		pushAncestry(n, n.lhs)
		pushAncestry(n, n.rhs)
	}
	return n, nil
}

func (s *shaper) dot(n, left *ast) (*ast, error) {
	path := left
	if left.typ != astPath {
		path = s.node(ast{typ: astPath, pos: n.pos, list: []*ast{left}})
	}
	if left.typ == astParent {
		path.seeking = []*slot{left.slot}
	}
	rest, err := s.shape(n.rhs)
	if err != nil {
		return nil, err
	}
	if rest.typ == astPath {
		path.list = append(path.list, rest.list...)
	} else {
		rest.stages, rest.predicate = rest.predicate, nil
		path.list = append(path.list, rest)
	}
	for _, step := range path.list {
		switch step.typ {
		case astNumber, astValue:
			f := syntaxError("S0213", step.pos, "")
			f.value = step.literal()
			return nil, f
		case astString:
			step.typ = astName
		}
		path.keepSingleton = path.keepSingleton || step.keepArray
	}
	for _, step := range []*ast{path.list[0], path.list[len(path.list)-1]} {
		if step.typ == astArray {
			step.consArray = true
		}
	}
	return path, s.resolveAncestry(path)
}

func (n *ast) literal() any {
	switch n.value {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return n.num
}

func (s *shaper) filter(n, left *ast) (*ast, error) {
	step, stages := left, &left.predicate
	if left.typ == astPath {
		step = left.list[len(left.list)-1]
		stages = &step.stages
	}
	if step.group != nil {
		return nil, syntaxError("S0209", n.pos, "[")
	}
	predicate, err := s.shape(n.rhs)
	if err != nil {
		return nil, err
	}
	if predicate.seeking != nil {
		for _, sl := range predicate.seeking {
			if sl.level == 1 {
				if err := s.seekParent(step, sl); err != nil {
					return nil, err
				}
			} else {
				sl.level--
			}
		}
		pushAncestry(step, predicate)
	}
	*stages = append(*stages, stage{filter: predicate, pos: n.pos})
	return left, nil
}

func (s *shaper) order(n, left *ast) (*ast, error) {
	path := left
	if left.typ != astPath {
		path = s.node(ast{typ: astPath, pos: n.pos, list: []*ast{left}})
	}
	sort := s.node(ast{typ: astSort, pos: n.pos})
	for _, t := range n.terms {
		e, err := s.shape(t.expr)
		if err != nil {
			return nil, err
		}
		pushAncestry(sort, e)
		sort.terms = append(sort.terms, term{e, t.desc})
	}
	path.list = append(path.list, sort)
	return path, s.resolveAncestry(path)
}

// unnamed is what a bare $ binds behind @ or #: a name that nothing can mention.
const unnamed = " "

// binding shapes @$name and #$name.
func (s *shaper) binding(n, left *ast) (*ast, error) {
	path, step, name := left, left, n.rhs.value
	if left.typ == astPath {
		step = left.list[len(left.list)-1]
	}
	if name == "" {
		name = unnamed
	}
	if n.value == "@" {
		if step.stages != nil || step.predicate != nil {
			return nil, syntaxError("S0215", n.pos, "@")
		}
		if step.typ == astSort {
			return nil, syntaxError("S0216", n.pos, "@")
		}
		if n.keepArray {
			step.keepArray = true
		}
		step.focus, step.hasTuple = name, true
		return left, nil
	}
	if left.typ != astPath {
		path = s.node(ast{typ: astPath, pos: n.pos, list: []*ast{left}})
		step.stages = append(step.stages, step.predicate...)
		step.predicate = nil
	}
	if step.stages == nil {
		step.index = name
	} else {
		step.stages = append(step.stages, stage{index: name, pos: n.pos})
	}
	step.hasTuple = true
	return path, nil
}

// pushAncestry hands the open % of a part on to the node that holds it.
func pushAncestry(n, part *ast) {
	if part == nil {
		return
	}
	n.seeking = append(n.seeking, part.seeking...)
	if part.typ == astParent {
		n.seeking = append(n.seeking, part.slot)
	}
}

// markTail finds the calls whose result is the result of the body they are in.
func markTail(n *ast) {
	if len(n.predicate) > 0 || n.group != nil {
		return
	}
	switch n.typ {
	case astFunction:
		n.isTail = true
	case astCondition:
		markTail(n.rhs)
		if n.third != nil {
			markTail(n.third)
		}
	case astBlock:
		if len(n.list) > 0 {
			markTail(n.list[len(n.list)-1])
		}
	}
}
