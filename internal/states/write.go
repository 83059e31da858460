package states

import (
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
)

// Write gives the definition as JSON, fields in the order in which people
// write them. What is empty is left out: comments and names that are "", End
// where it is false. A Value that is no JSON is an error that names its place.
func Write(m *Machine) ([]byte, error) {
	text, err := document.Encode(machineObject(m))
	if err != nil {
		return nil, fmt.Errorf("write the definition: %w", err)
	}
	return text, nil
}

func machineObject(m *Machine) *document.Object {
	o := writer{document.NewObject(8)}
	o.text("Comment", m.Comment)
	o.text("QueryLanguage", m.QueryLanguage)
	o.text("Version", m.Version)
	o.value("TimeoutSeconds", m.TimeoutSeconds)
	o.scope(&m.Scope)
	return o.Object
}

// writer collects the fields of one object.
type writer struct{ *document.Object }

func (o writer) text(key, text string) {
	if text != "" {
		o.Set(key, text)
	}
}

func (o writer) value(key string, v *Value) {
	if v != nil {
		o.Set(key, v.V)
	}
}

func (o writer) texts(key string, texts []string) {
	if texts == nil {
		return
	}
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	o.Set(key, list)
}

// each writes an array of objects; a nil slice is an absent field.
func each[T any](o writer, key string, items []T, write func(writer, T)) {
	if items == nil {
		return
	}
	list := make([]any, len(items))
	for i, item := range items {
		w := writer{document.NewObject(8)}
		write(w, item)
		list[i] = w.Object
	}
	o.Set(key, list)
}

// scope writes StartAt and States; the comment belongs further up.
func (o writer) scope(s *Scope) {
	o.text("StartAt", s.StartAt)
	states := document.NewObject(len(s.States))
	for _, state := range s.States {
		states.Set(state.Name, writeState(state))
	}
	o.Set("States", states)
}

func writeState(s *State) *document.Object {
	o := writer{document.NewObject(8)}
	o.Set("Type", string(s.Type))
	o.text("Comment", s.Comment)
	o.text("QueryLanguage", s.QueryLanguage)
	o.value("InputPath", s.InputPath)
	o.text("Resource", s.Resource)
	o.value("Credentials", s.Credentials)
	o.value("Parameters", s.Parameters)
	o.value("Arguments", s.Arguments)
	o.value("Result", s.Result)
	o.value("TimeoutSeconds", s.TimeoutSeconds)
	o.value("TimeoutSecondsPath", s.TimeoutSecondsPath)
	o.value("HeartbeatSeconds", s.HeartbeatSeconds)
	o.value("HeartbeatSecondsPath", s.HeartbeatSecondsPath)
	o.value("Seconds", s.Seconds)
	o.value("SecondsPath", s.SecondsPath)
	o.value("Timestamp", s.Timestamp)
	o.value("TimestampPath", s.TimestampPath)
	o.value("Error", s.Error)
	o.value("ErrorPath", s.ErrorPath)
	o.value("Cause", s.Cause)
	o.value("CausePath", s.CausePath)
	each(o, "Choices", s.Choices, writer.rule)
	o.text("Default", s.Default)
	each(o, "Branches", s.Branches, writer.branch)
	o.mapFields(s)
	o.value("ResultSelector", s.ResultSelector)
	o.value("ResultPath", s.ResultPath)
	o.value("OutputPath", s.OutputPath)
	o.value("Assign", s.Assign)
	o.value("Output", s.Output)
	each(o, "Retry", s.Retry, writer.retrier)
	each(o, "Catch", s.Catch, writer.catcher)
	o.text("Next", s.Next)
	if s.End {
		o.Set("End", true)
	}
	return o.Object
}

func (o writer) branch(s *Scope) {
	o.text("Comment", s.Comment)
	o.scope(s)
}

func (o writer) mapFields(s *State) {
	o.text("Label", s.Label)
	o.value("ItemsPath", s.ItemsPath)
	o.value("Items", s.Items)
	if r := s.ItemReader; r != nil {
		o.Set("ItemReader", writeItemReader(r))
	}
	o.value("ItemSelector", s.ItemSelector)
	if b := s.ItemBatcher; b != nil {
		w := writer{document.NewObject(4)}
		w.value("BatchInput", b.BatchInput)
		w.value("MaxItemsPerBatch", b.MaxItemsPerBatch)
		w.value("MaxItemsPerBatchPath", b.MaxItemsPerBatchPath)
		w.value("MaxInputBytesPerBatch", b.MaxInputBytesPerBatch)
		w.value("MaxInputBytesPerBatchPath", b.MaxInputBytesPerBatchPath)
		o.Set("ItemBatcher", w.Object)
	}
	o.value("MaxConcurrency", s.MaxConcurrency)
	o.value("MaxConcurrencyPath", s.MaxConcurrencyPath)
	o.value("ToleratedFailureCount", s.ToleratedFailureCount)
	o.value("ToleratedFailureCountPath", s.ToleratedFailureCountPath)
	o.value("ToleratedFailurePercentage", s.ToleratedFailurePercentage)
	o.value("ToleratedFailurePercentagePath", s.ToleratedFailurePercentagePath)
	if p := s.Processor; p != nil {
		key := "ItemProcessor"
		if p.Iterator {
			key = "Iterator"
		}
		o.Set(key, writeProcessor(p))
	}
	if w := s.ResultWriter; w != nil {
		o.Set("ResultWriter", writeResultWriter(w))
	}
}

func writeProcessor(p *Processor) *document.Object {
	o := writer{document.NewObject(4)}
	o.text("Comment", p.Comment)
	if c := p.Config; c != nil {
		w := writer{document.NewObject(2)}
		w.text("Mode", c.Mode)
		w.text("ExecutionType", c.ExecutionType)
		o.Set("ProcessorConfig", w.Object)
	}
	o.scope(&p.Scope)
	return o.Object
}

func writeItemReader(r *ItemReader) *document.Object {
	o := writer{document.NewObject(4)}
	o.text("Resource", r.Resource)
	if c := r.ReaderConfig; c != nil {
		w := writer{document.NewObject(8)}
		w.text("InputType", c.InputType)
		w.text("Transformation", c.Transformation)
		w.text("ManifestType", c.ManifestType)
		w.value("ItemsPointer", c.ItemsPointer)
		w.text("CSVHeaderLocation", c.CSVHeaderLocation)
		w.texts("CSVHeaders", c.CSVHeaders)
		w.text("CSVDelimiter", c.CSVDelimiter)
		w.value("MaxItems", c.MaxItems)
		w.value("MaxItemsPath", c.MaxItemsPath)
		o.Set("ReaderConfig", w.Object)
	}
	o.value("Parameters", r.Parameters)
	o.value("Arguments", r.Arguments)
	return o.Object
}

func writeResultWriter(r *ResultWriter) *document.Object {
	o := writer{document.NewObject(4)}
	o.text("Resource", r.Resource)
	if c := r.WriterConfig; c != nil {
		w := writer{document.NewObject(2)}
		w.text("Transformation", c.Transformation)
		w.text("OutputType", c.OutputType)
		o.Set("WriterConfig", w.Object)
	}
	o.value("Parameters", r.Parameters)
	o.value("Arguments", r.Arguments)
	return o.Object
}

func (o writer) retrier(r *Retrier) {
	o.text("Comment", r.Comment)
	o.texts("ErrorEquals", r.ErrorEquals)
	o.value("IntervalSeconds", r.IntervalSeconds)
	o.value("MaxAttempts", r.MaxAttempts)
	o.value("BackoffRate", r.BackoffRate)
	o.value("MaxDelaySeconds", r.MaxDelaySeconds)
	o.text("JitterStrategy", r.JitterStrategy)
}

func (o writer) catcher(c *Catcher) {
	o.text("Comment", c.Comment)
	o.texts("ErrorEquals", c.ErrorEquals)
	o.value("ResultPath", c.ResultPath)
	o.value("Assign", c.Assign)
	o.value("Output", c.Output)
	o.text("Next", c.Next)
}

func (o writer) rule(r *Rule) {
	o.text("Comment", r.Comment)
	o.value("Variable", r.Variable)
	if r.Operator != "" {
		o.value(r.Operator, r.Operand)
	}
	each(o, "And", r.And, writer.rule)
	each(o, "Or", r.Or, writer.rule)
	if r.Not != nil {
		w := writer{document.NewObject(4)}
		w.rule(r.Not)
		o.Set("Not", w.Object)
	}
	o.value("Condition", r.Condition)
	o.value("Assign", r.Assign)
	o.value("Output", r.Output)
	o.text("Next", r.Next)
}

// Equal tells whether two definitions mean the same: whether they are the same
// JSON once these are left out, which change nothing:
//
//   - the order of keys, and how numbers and characters are spelled
//   - a Comment that is empty
//   - End where it is false
//   - Next that is empty
func Equal(a, b *Machine) bool {
	return document.Equal(machineObject(a), machineObject(b))
}
