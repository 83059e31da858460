package jsonata

// builtin is a function of the library.
type builtin struct {
	name  string
	sig   *signature
	arity int // arguments it declares, for higher-order functions
	run   func(ev *evaluator, args []value, ctx value) (value, error)
}

// libraries hold the functions of each dialect by name. They are filled by
// init, since $eval compiles expressions, which looks into them.
var libraries [2]map[string]*builtin

// dialects says in which of them a function is known.
type dialects []Dialect

var (
	everywhere   = dialects{Standard, StepFunctions}
	standardOnly = dialects{Standard}
	serviceOnly  = dialects{StepFunctions}
)

// library gives a function of a dialect, nil if there is none of that name.
func library(name string, d Dialect) *builtin { return libraries[d][name] }

func init() { //nolint:gochecknoinits // breaks the cycle libraries - $eval - compile - libraries
	libraries = [2]map[string]*builtin{{}, {}}
	add := func(known dialects, name, sig string, arity int, run func(*evaluator, []value, value) (value, error)) {
		b := &builtin{name: name, arity: arity, run: run}
		b.sig, _ = parseSignature(sig)
		for _, d := range known {
			libraries[d][name] = b
		}
	}
	add(everywhere, "sum", "<a<n>:n>", 1, fnSum)
	add(everywhere, "count", "<a:n>", 1, fnCount)
	add(everywhere, "max", "<a<n>:n>", 1, fnMax)
	add(everywhere, "min", "<a<n>:n>", 1, fnMin)
	add(everywhere, "average", "<a<n>:n>", 1, fnAverage)
	add(everywhere, "string", "<x-b?:s>", 1, fnString)
	add(everywhere, "substring", "<s-nn?:s>", 3, fnSubstring)
	add(everywhere, "substringBefore", "<s-s:s>", 2, fnSubstringBefore)
	add(everywhere, "substringAfter", "<s-s:s>", 2, fnSubstringAfter)
	add(everywhere, "lowercase", "<s-:s>", 1, fnLowercase)
	add(everywhere, "uppercase", "<s-:s>", 1, fnUppercase)
	add(everywhere, "length", "<s-:n>", 1, fnLength)
	add(everywhere, "trim", "<s-:s>", 1, fnTrim)
	add(everywhere, "pad", "<s-ns?:s>", 3, fnPad)
	add(everywhere, "match", "<s-f<s:o>n?:a<o>>", 3, fnMatch)
	add(everywhere, "contains", "<s-(sf):b>", 2, fnContains)
	add(everywhere, "replace", "<s-(sf)(sf)n?:s>", 4, fnReplace)
	add(everywhere, "split", "<s-(sf)n?:a<s>>", 3, fnSplit)
	add(everywhere, "join", "<a<s>s?:s>", 2, fnJoin)
	add(everywhere, "formatNumber", "<n-so?:s>", 3, fnFormatNumber)
	add(everywhere, "formatBase", "<n-n?:s>", 2, fnFormatBase)
	add(everywhere, "formatInteger", "<n-s:s>", 2, fnFormatInteger)
	add(everywhere, "parseInteger", "<s-s:n>", 2, fnParseInteger)
	add(everywhere, "number", "<(nsb)-:n>", 1, fnNumber)
	add(everywhere, "floor", "<n-:n>", 1, fnFloor)
	add(everywhere, "ceil", "<n-:n>", 1, fnCeil)
	add(everywhere, "round", "<n-n?:n>", 2, fnRound)
	add(everywhere, "abs", "<n-:n>", 1, fnAbs)
	add(everywhere, "sqrt", "<n-:n>", 1, fnSqrt)
	add(everywhere, "power", "<n-n:n>", 2, fnPower)
	add(standardOnly, "random", "<:n>", 0, fnRandom)
	add(everywhere, "boolean", "<x-:b>", 1, fnBoolean)
	add(everywhere, "not", "<x-:b>", 1, fnNot)
	add(everywhere, "map", "<af>", 2, fnMap)
	add(everywhere, "zip", "<a+>", 0, fnZip)
	add(everywhere, "filter", "<af>", 2, fnFilter)
	add(everywhere, "single", "<af?>", 2, fnSingle)
	add(everywhere, "reduce", "<afj?:j>", 3, fnReduce)
	add(everywhere, "sift", "<o-f?:o>", 2, fnSift)
	add(everywhere, "keys", "<x-:a<s>>", 1, fnKeys)
	add(everywhere, "lookup", "<x-s:x>", 2, fnLookup)
	add(everywhere, "append", "<xx:a>", 2, fnAppend)
	add(everywhere, "exists", "<x:b>", 1, fnExists)
	add(everywhere, "spread", "<x-:a<o>>", 1, fnSpread)
	add(everywhere, "merge", "<a<o>:o>", 1, fnMerge)
	add(everywhere, "reverse", "<a:a>", 1, fnReverse)
	add(everywhere, "each", "<o-f:a>", 2, fnEach)
	add(everywhere, "error", "<s?:x>", 1, fnError)
	add(everywhere, "assert", "<bs?:x>", 2, fnAssert)
	add(everywhere, "type", "<x:s>", 1, fnType)
	add(everywhere, "sort", "<af?:a>", 2, fnSort)
	add(everywhere, "shuffle", "<a:a>", 1, fnShuffle)
	add(everywhere, "distinct", "<x:x>", 1, fnDistinct)
	add(everywhere, "base64encode", "<s-:s>", 1, fnBase64Encode)
	add(everywhere, "base64decode", "<s-:s>", 1, fnBase64Decode)
	add(everywhere, "encodeUrlComponent", "<s-:s>", 1, fnEncodeURLComponent)
	add(everywhere, "encodeUrl", "<s-:s>", 1, fnEncodeURL)
	add(everywhere, "decodeUrlComponent", "<s-:s>", 1, fnDecodeURLComponent)
	add(everywhere, "decodeUrl", "<s-:s>", 1, fnDecodeURL)
	add(standardOnly, "eval", "<sx?:x>", 2, fnEval)
	add(everywhere, "toMillis", "<s-s?:n>", 2, fnToMillis)
	add(everywhere, "fromMillis", "<n-s?s?:s>", 3, fnFromMillis)
	add(everywhere, "now", "<s?s?:s>", 2, fnNow)
	add(everywhere, "millis", "<:n>", 0, fnMillis)
	add(everywhere, "clone", "<(oa)-:o>", 1, fnClone)
	addService(func(name, sig string, arity int, run func(*evaluator, []value, value) (value, error)) {
		add(serviceOnly, name, sig, arity, run)
	})
}
