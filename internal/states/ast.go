package states

// Language is a query language of the States Language.
type Language uint8

// The query languages. JSONPath is the default.
const (
	JSONPath Language = iota
	JSONata
)

// String gives the name as definitions spell it.
func (l Language) String() string {
	if l == JSONata {
		return "JSONata"
	}
	return "JSONPath"
}

// Type is the type of a state as definitions spell it: Task, Wait, Pass,
// Succeed, Fail, Choice, Parallel or Map. In a definition that Check refuses
// it may be anything.
type Type string

// The state types.
const (
	Task     Type = "Task"
	Wait     Type = "Wait"
	Pass     Type = "Pass"
	Succeed  Type = "Succeed"
	Fail     Type = "Fail"
	Choice   Type = "Choice"
	Parallel Type = "Parallel"
	Map      Type = "Map"
)

// Machine is a whole definition.
type Machine struct {
	Scope
	QueryLanguage  string // as written; empty: absent
	Language       Language
	Version        string
	TimeoutSeconds *Value

	source *source // nil for a machine built by hand
}

// Scope is a StartAt with its States: the top level of a machine, a branch of
// a Parallel, or the inside of a Map's processor. Transitions stay inside it.
type Scope struct {
	Comment string
	StartAt string
	States  []*State // in the order of the text
	Pos     Pos
}

// State gives the state of this scope that has the name, or nil.
func (s *Scope) State(name string) *State {
	for _, state := range s.States {
		if state.Name == name {
			return state
		}
	}
	return nil
}

// State is a state of any type; fields that its type does not have are zero.
// A field that may hold more than one kind of value (null beside a path, an
// expression beside a number) is a *Value, nil when absent.
type State struct {
	Name          string
	Type          Type
	Comment       string
	QueryLanguage string   // as written; empty: absent
	Language      Language // what counts: its own, else the machine's
	Pos           Pos

	Next string
	End  bool

	InputPath, OutputPath *Value // a path or null
	Parameters            *Value // payload template; on a Map the old name of ItemSelector
	ResultSelector        *Value
	ResultPath            *Value // a reference path or null
	Arguments, Output     *Value // JSONata
	Assign                *Value
	Retry                 []*Retrier // nil: absent; empty ones are legal
	Catch                 []*Catcher

	Result *Value // Pass: literal JSON

	Resource                               string // Task
	Credentials                            *Value
	TimeoutSeconds, TimeoutSecondsPath     *Value
	HeartbeatSeconds, HeartbeatSecondsPath *Value

	Choices []*Rule // Choice
	Default string

	Seconds, SecondsPath     *Value // Wait
	Timestamp, TimestampPath *Value

	Error, ErrorPath *Value // Fail
	Cause, CausePath *Value

	Branches []*Scope // Parallel

	Processor                          *Processor // Map: ItemProcessor or Iterator
	ItemsPath, Items                   *Value
	ItemSelector                       *Value
	MaxConcurrency, MaxConcurrencyPath *Value
	ItemReader                         *ItemReader
	ItemBatcher                        *ItemBatcher
	ResultWriter                       *ResultWriter
	ToleratedFailureCount              *Value
	ToleratedFailureCountPath          *Value
	ToleratedFailurePercentage         *Value
	ToleratedFailurePercentagePath     *Value
	Label                              string
}

// Terminal tells whether the execution of the state's scope ends with it.
func (s *State) Terminal() bool {
	return s.Type == Succeed || s.Type == Fail || s.End && s.Type != Choice
}

// ItemTemplate gives what a Map makes its items of: ItemSelector, or
// Parameters, its older name. Nil: the item itself.
func (s *State) ItemTemplate() *Value {
	if s.ItemSelector != nil {
		return s.ItemSelector
	}
	return s.Parameters
}

// Scopes gives the scopes inside the state: branches, or the processor.
func (s *State) Scopes() []*Scope {
	if s.Processor != nil {
		return []*Scope{&s.Processor.Scope}
	}
	return s.Branches
}

// Retrier is an element of Retry. Absent numbers are nil; AWS's defaults are
// 1 second, 3 attempts, rate 2.0, no greatest delay, no jitter.
type Retrier struct {
	Comment         string
	ErrorEquals     []string
	IntervalSeconds *Value
	MaxAttempts     *Value
	BackoffRate     *Value
	MaxDelaySeconds *Value
	JitterStrategy  string // FULL or NONE; empty: absent, which is NONE
	Pos             Pos
}

// Catcher is an element of Catch.
type Catcher struct {
	Comment     string
	ErrorEquals []string
	Next        string
	ResultPath  *Value // JSONPath
	Output      *Value // JSONata
	Assign      *Value
	Pos         Pos
}

// Rule is an element of Choices, or a rule inside And, Or and Not. It has
// either a Condition (JSONata), or one of And, Or and Not, or Variable with an
// operator.
type Rule struct {
	Comment  string
	Next     string // empty in inner rules
	Variable *Value
	Operator string // such as NumericEquals or NumericEqualsPath; empty: none
	Operand  *Value
	And, Or  []*Rule
	Not      *Rule

	Condition *Value
	Output    *Value
	Assign    *Value
	Pos       Pos
}

// Processor is what a Map runs for each item or batch.
type Processor struct {
	Scope
	Iterator bool // spelled Iterator, the older name of ItemProcessor
	Config   *ProcessorConfig
}

// Distributed tells whether each item gets a child execution of its own.
func (p *Processor) Distributed() bool {
	return p != nil && p.Config != nil && p.Config.Mode == "DISTRIBUTED"
}

// ProcessorConfig is a processor's ProcessorConfig.
type ProcessorConfig struct {
	Mode          string // INLINE or DISTRIBUTED; empty: absent, which is INLINE
	ExecutionType string // STANDARD or EXPRESS
	Pos           Pos
}

// ItemReader says where a distributed Map reads its items.
type ItemReader struct {
	Resource     string
	Parameters   *Value // JSONPath
	Arguments    *Value // JSONata
	ReaderConfig *ReaderConfig
	Pos          Pos
}

// ReaderConfig says how the read data is to be understood. Empty strings are
// absent fields.
type ReaderConfig struct {
	InputType         string // CSV, JSON, JSONL, PARQUET, MANIFEST
	Transformation    string // NONE, LOAD_AND_FLATTEN
	ManifestType      string // S3_INVENTORY, ATHENA_DATA
	ItemsPointer      *Value
	CSVHeaderLocation string // FIRST_ROW, GIVEN
	CSVHeaders        []string
	CSVDelimiter      string // COMMA, PIPE, SEMICOLON, SPACE, TAB
	MaxItems          *Value
	MaxItemsPath      *Value
	Pos               Pos
}

// ItemBatcher groups the items of a distributed Map.
type ItemBatcher struct {
	BatchInput                *Value
	MaxItemsPerBatch          *Value
	MaxItemsPerBatchPath      *Value
	MaxInputBytesPerBatch     *Value
	MaxInputBytesPerBatchPath *Value
	Pos                       Pos
}

// ResultWriter says where a distributed Map writes its results.
type ResultWriter struct {
	Resource     string // empty: absent, the results stay in the state's result
	Parameters   *Value // JSONPath
	Arguments    *Value // JSONata
	WriterConfig *WriterConfig
	Pos          Pos
}

// WriterConfig says how results are formatted.
type WriterConfig struct {
	Transformation string // NONE, COMPACT, FLATTEN
	OutputType     string // JSON, JSONL
	Pos            Pos
}
