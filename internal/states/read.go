package states

import "github.com/flowstone-go/flow/internal/document"

// reader turns nodes into the tree of structs. It takes what fits and leaves
// the rest to Check.
type reader struct {
	source   *source
	language Language // of the machine
}

func (r *reader) pos(n *node) Pos { return Pos{r.source, n} }

// text gives a member that is a string.
func text(n *node, key string) string { return n.get(key).str() }

// value gives a member as it is; nil if it is absent.
func (r *reader) value(n *node, key string) *Value {
	v := n.get(key)
	if v == nil {
		return nil
	}
	return &Value{V: v.document(), Pos: r.pos(v)}
}

func texts(n *node) []string {
	if n == nil || n.kind != document.Array {
		return nil
	}
	list := make([]string, len(n.items))
	for i, item := range n.items {
		list[i] = item.str()
	}
	return list
}

// object gives a member that is an object.
func object(n *node, key string) *node {
	if v := n.get(key); v != nil && v.kind == document.ObjectKind {
		return v
	}
	return nil
}

// list reads the objects of an array; nil if there is no array.
func list[T any](n *node, key string, read func(*node) T) []T {
	v := n.get(key)
	if v == nil || v.kind != document.Array {
		return nil
	}
	out := make([]T, 0, len(v.items))
	for _, item := range v.items {
		if item.kind == document.ObjectKind {
			out = append(out, read(item))
		}
	}
	return out
}

// languageOf gives the language that a QueryLanguage field asks for: anything
// but the exact JSONPath counts as JSONata, as AWS was measured to count it.
func languageOf(n *node, inherited Language) Language {
	switch v := n.get("QueryLanguage"); {
	case v == nil:
		return inherited
	case v.str() == "JSONPath":
		return JSONPath
	}
	return JSONata
}

func (r *reader) machine() *Machine {
	n := r.source.root
	r.language = languageOf(n, JSONPath)
	return &Machine{
		Scope:          r.scope(n),
		QueryLanguage:  text(n, "QueryLanguage"),
		Language:       r.language,
		Version:        text(n, "Version"),
		TimeoutSeconds: r.value(n, "TimeoutSeconds"),
		source:         r.source,
	}
}

func (r *reader) scope(n *node) Scope {
	s := Scope{Comment: text(n, "Comment"), StartAt: text(n, "StartAt"), Pos: r.pos(n)}
	if states := object(n, "States"); states != nil {
		s.States = make([]*State, 0, len(states.items))
		for _, item := range states.items {
			if item.kind == document.ObjectKind {
				s.States = append(s.States, r.state(item))
			}
		}
	}
	return s
}

func (r *reader) state(n *node) *State {
	s := &State{Name: n.key, Language: languageOf(n, r.language), Pos: r.pos(n)}
	for _, item := range n.items {
		if field := s.values(item.key); field != nil {
			*field = &Value{V: item.document(), Pos: r.pos(item)}
			continue
		}
		r.stateField(s, n, item)
	}
	return s
}

// stateField reads the fields that are no Values.
func (r *reader) stateField(s *State, n, item *node) {
	switch item.key {
	case "Type":
		s.Type = Type(item.str())
	case "Comment":
		s.Comment = item.str()
	case "QueryLanguage":
		s.QueryLanguage = item.str()
	case "Next":
		s.Next = item.str()
	case "End":
		s.End, _ = item.scalar.(bool)
	case "Retry":
		s.Retry = list(n, "Retry", r.retrier)
	case "Catch":
		s.Catch = list(n, "Catch", r.catcher)
	case "Resource":
		s.Resource = item.str()
	case "Choices":
		s.Choices = list(n, "Choices", r.rule)
	case "Default":
		s.Default = item.str()
	case "Branches":
		s.Branches = list(n, "Branches", func(n *node) *Scope { return new(r.scope(n)) })
	case "ItemProcessor", "Iterator":
		if s.Processor == nil && item.kind == document.ObjectKind {
			s.Processor = r.processor(item)
		}
	case "ItemReader":
		s.ItemReader = r.itemReader(object(n, item.key))
	case "ItemBatcher":
		s.ItemBatcher = r.itemBatcher(object(n, item.key))
	case "ResultWriter":
		s.ResultWriter = r.resultWriter(object(n, item.key))
	case "Label":
		s.Label = item.str()
	}
}

// values gives the place of a field that is a Value, or nil.
func (s *State) values(key string) **Value {
	switch key {
	case "InputPath":
		return &s.InputPath
	case "OutputPath":
		return &s.OutputPath
	case "Parameters":
		return &s.Parameters
	case "ResultSelector":
		return &s.ResultSelector
	case "ResultPath":
		return &s.ResultPath
	case "Arguments":
		return &s.Arguments
	case "Output":
		return &s.Output
	case "Assign":
		return &s.Assign
	case "Result":
		return &s.Result
	case "Credentials":
		return &s.Credentials
	case "TimeoutSeconds":
		return &s.TimeoutSeconds
	case "TimeoutSecondsPath":
		return &s.TimeoutSecondsPath
	case "HeartbeatSeconds":
		return &s.HeartbeatSeconds
	case "HeartbeatSecondsPath":
		return &s.HeartbeatSecondsPath
	case "Seconds":
		return &s.Seconds
	case "SecondsPath":
		return &s.SecondsPath
	case "Timestamp":
		return &s.Timestamp
	case "TimestampPath":
		return &s.TimestampPath
	case "Error":
		return &s.Error
	case "ErrorPath":
		return &s.ErrorPath
	case "Cause":
		return &s.Cause
	case "CausePath":
		return &s.CausePath
	}
	return s.mapValues(key)
}

func (s *State) mapValues(key string) **Value {
	switch key {
	case "ItemsPath":
		return &s.ItemsPath
	case "Items":
		return &s.Items
	case "ItemSelector":
		return &s.ItemSelector
	case "MaxConcurrency":
		return &s.MaxConcurrency
	case "MaxConcurrencyPath":
		return &s.MaxConcurrencyPath
	case "ToleratedFailureCount":
		return &s.ToleratedFailureCount
	case "ToleratedFailureCountPath":
		return &s.ToleratedFailureCountPath
	case "ToleratedFailurePercentage":
		return &s.ToleratedFailurePercentage
	case "ToleratedFailurePercentagePath":
		return &s.ToleratedFailurePercentagePath
	}
	return nil
}

func (r *reader) retrier(n *node) *Retrier {
	return &Retrier{
		Comment:         text(n, "Comment"),
		ErrorEquals:     texts(n.get("ErrorEquals")),
		IntervalSeconds: r.value(n, "IntervalSeconds"),
		MaxAttempts:     r.value(n, "MaxAttempts"),
		BackoffRate:     r.value(n, "BackoffRate"),
		MaxDelaySeconds: r.value(n, "MaxDelaySeconds"),
		JitterStrategy:  text(n, "JitterStrategy"),
		Pos:             r.pos(n),
	}
}

func (r *reader) catcher(n *node) *Catcher {
	return &Catcher{
		Comment:     text(n, "Comment"),
		ErrorEquals: texts(n.get("ErrorEquals")),
		Next:        text(n, "Next"),
		ResultPath:  r.value(n, "ResultPath"),
		Output:      r.value(n, "Output"),
		Assign:      r.value(n, "Assign"),
		Pos:         r.pos(n),
	}
}

func (r *reader) rule(n *node) *Rule {
	rule := &Rule{
		Comment:   text(n, "Comment"),
		Next:      text(n, "Next"),
		Variable:  r.value(n, "Variable"),
		And:       list(n, "And", r.rule),
		Or:        list(n, "Or", r.rule),
		Condition: r.value(n, "Condition"),
		Output:    r.value(n, "Output"),
		Assign:    r.value(n, "Assign"),
		Pos:       r.pos(n),
	}
	if not := object(n, "Not"); not != nil {
		rule.Not = r.rule(not)
	}
	for _, item := range n.items {
		if _, ok := operators[item.key]; ok {
			rule.Operator, rule.Operand = item.key, r.value(n, item.key)
			break
		}
	}
	return rule
}

func (r *reader) processor(n *node) *Processor {
	p := &Processor{Scope: r.scope(n), Iterator: n.key == "Iterator"}
	if c := object(n, "ProcessorConfig"); c != nil {
		p.Config = &ProcessorConfig{Mode: text(c, "Mode"), ExecutionType: text(c, "ExecutionType"), Pos: r.pos(c)}
	}
	return p
}

func (r *reader) itemReader(n *node) *ItemReader {
	if n == nil {
		return nil
	}
	ir := &ItemReader{
		Resource:   text(n, "Resource"),
		Parameters: r.value(n, "Parameters"),
		Arguments:  r.value(n, "Arguments"),
		Pos:        r.pos(n),
	}
	if c := object(n, "ReaderConfig"); c != nil {
		ir.ReaderConfig = &ReaderConfig{
			InputType:         text(c, "InputType"),
			Transformation:    text(c, "Transformation"),
			ManifestType:      text(c, "ManifestType"),
			ItemsPointer:      r.value(c, "ItemsPointer"),
			CSVHeaderLocation: text(c, "CSVHeaderLocation"),
			CSVHeaders:        texts(c.get("CSVHeaders")),
			CSVDelimiter:      text(c, "CSVDelimiter"),
			MaxItems:          r.value(c, "MaxItems"),
			MaxItemsPath:      r.value(c, "MaxItemsPath"),
			Pos:               r.pos(c),
		}
	}
	return ir
}

func (r *reader) itemBatcher(n *node) *ItemBatcher {
	if n == nil {
		return nil
	}
	return &ItemBatcher{
		BatchInput:                r.value(n, "BatchInput"),
		MaxItemsPerBatch:          r.value(n, "MaxItemsPerBatch"),
		MaxItemsPerBatchPath:      r.value(n, "MaxItemsPerBatchPath"),
		MaxInputBytesPerBatch:     r.value(n, "MaxInputBytesPerBatch"),
		MaxInputBytesPerBatchPath: r.value(n, "MaxInputBytesPerBatchPath"),
		Pos:                       r.pos(n),
	}
}

func (r *reader) resultWriter(n *node) *ResultWriter {
	if n == nil {
		return nil
	}
	w := &ResultWriter{
		Resource:   text(n, "Resource"),
		Parameters: r.value(n, "Parameters"),
		Arguments:  r.value(n, "Arguments"),
		Pos:        r.pos(n),
	}
	if c := object(n, "WriterConfig"); c != nil {
		w.WriterConfig = &WriterConfig{Transformation: text(c, "Transformation"), OutputType: text(c, "OutputType"), Pos: r.pos(c)}
	}
	return w
}
