package jsonata

// nodeType is what a syntax node is.
type nodeType uint8

const (
	astString nodeType = iota
	astNumber
	astValue // true, false, null
	astName
	astVariable
	astRegex
	astWildcard
	astDescendant
	astParent
	astPath
	astBinary
	astNegate
	astArray
	astObject
	astFunction
	astPartial
	astPlaceholder // ? in a partial application
	astLambda
	astCondition
	astCoalesce
	astDefault
	astBlock
	astBind
	astApply
	astTransform
	astSort
	astOperator // and, or, in: a name where an operand is expected
	astEnd      // the end of the text where an operand is expected
)

// typeNames are the names by which error tokens speak of nodes.
var typeNames = [...]string{
	"string", "number", "value", "name", "variable", "regex", "wildcard", "descendant", "parent", "path", "binary",
	"unary", "unary", "unary", "function", "partial", "operator", "lambda", "condition", "condition", "condition", "block", "bind",
	"apply", "transform", "sort", "operator", "end",
}

// ast is a node of the syntax tree. The parser fills the first part, [shape]
// turns dots into paths and fills the second.
type ast struct {
	typ    nodeType
	pos    int
	value  string // name, operator, text, pattern
	flags  string // of a regex
	num    float64
	lhs    *ast // left operand; condition; procedure; pattern; body
	rhs    *ast // right operand; then; update
	third  *ast // else; deletion
	list   []*ast
	pairs  []pair
	terms  []term
	sig    *signature
	isTail bool

	keepArray     bool // followed by []
	keepSingleton bool // of a path
	consArray     bool
	hasTuple      bool // binds variables per item
	predicate     []stage
	stages        []stage
	group         *group
	focus         string
	index         string
	ancestor      *slot
	slot          *slot
	seeking       []*slot
}

type pair struct{ key, value *ast }

type term struct {
	expr *ast
	desc bool
}

type group struct {
	pairs []pair
	pos   int
}

// stage is what follows a step: a filter, or the binding of an index.
type stage struct {
	filter *ast
	index  string
	pos    int
}

// slot is a % waiting for the step whose input it stands for.
type slot struct {
	label string
	level int
	index int
}
