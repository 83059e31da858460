package asl

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// writer writes the results of a distributed Map to storage.
type writer struct {
	lines   bool // JSONL
	flatten bool
}

func (c *stateCompiler) writer(k *machine.Fork) {
	in := c.in.ResultWriter
	w := &writer{}
	if cfg := in.WriterConfig; cfg != nil {
		w.lines, w.flatten = cfg.OutputType == "JSONL", cfg.Transformation == "FLATTEN"
	}
	whole := in.Resource != "" && in.WriterConfig == nil || in.WriterConfig != nil && in.WriterConfig.Transformation == "NONE"
	if whole {
		k.Run.Succeeded = func(_, c *machine.Frame) any { return described(c, nil) }
	}
	if whole || in.Resource != "" {
		k.Run.Failed = func(_, c *machine.Frame, fail *machine.Failure) any { return described(c, fail) }
	}
	if in.Resource == "" { // the results stay in the document, formatted
		if w.flatten {
			k.Collect = func(_ *machine.Frame, results []any) (any, error) { return flattened(results), nil }
		}
		return
	}
	k.Run.WriteArgs = c.template(in.Parameters)
	if c.in.Language == states.JSONata {
		if t := c.query(in.Arguments, "ResultWriter/Arguments"); t != nil {
			k.Run.WriteArgs = func(f *machine.Frame, _ any) (any, error) { return t.eval(&ask{f: f}) }
		}
	}
	k.Run.Write = w
}

// flattened joins the arrays among results.
func flattened(results []any) []any {
	out := []any{}
	for _, r := range results {
		if document.KindOf(r) == document.Array {
			for e := range document.Elements(r) {
				out = append(out, e)
			}
		} else {
			out = append(out, r)
		}
	}
	return out
}

func unwritten(cause string, err error) *machine.Failure {
	return &machine.Failure{Name: "States.ResultWriterFailed", Cause: cause, Err: err}
}

// Call writes one file of results, one of failures where there are any, and
// the manifest that lists them.
func (w *writer) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	store := runOf(f).Storage
	if store == nil {
		return nil, unwritten("there is no storage to write to", nil)
	}
	bucket, folder := text(f.Args, "Bucket"), text(f.Args, "Prefix")
	if folder != "" {
		folder = strings.TrimSuffix(folder, "/") + "/"
	}
	run := f.Join.Run
	folder += run[strings.LastIndexByte(run, ':')+1:] + "/"
	var succeeded, failed []any
	missed := map[int]bool{}
	for _, fault := range f.Join.Fails {
		missed[fault.Item.Index] = true
	}
	for i, r := range f.Join.Results {
		if missed[i] {
			failed = append(failed, r)
		} else {
			succeeded = append(succeeded, r)
		}
	}
	if w.flatten {
		succeeded = flattened(succeeded)
	}
	files := document.NewObject(3)
	for _, part := range []struct {
		name    string
		results []any
	}{{"FAILED", failed}, {"PENDING", nil}, {"SUCCEEDED", succeeded}} {
		list := []any{}
		if len(part.results) > 0 {
			key := folder + part.name + "_0.json" + map[bool]string{true: "l"}[w.lines]
			data, err := w.encode(part.results)
			if err == nil {
				err = store.Put(ctx, bucket, key, data)
			}
			if err != nil {
				return nil, unwritten(err.Error(), err)
			}
			list = append(list, document.ObjectOf(document.Field{Key: "Key", Value: key}, document.Field{Key: "Size", Value: document.Int(int64(len(data)))}))
		}
		files.Set(part.name, list)
	}
	manifest, err := document.Encode(document.ObjectOf(
		document.Field{Key: "DestinationBucket", Value: bucket},
		document.Field{Key: "MapRunArn", Value: run},
		document.Field{Key: "ResultFiles", Value: files},
	))
	if err == nil {
		err = store.Put(ctx, bucket, folder+"manifest.json", manifest)
	}
	if err != nil {
		return nil, unwritten(err.Error(), err)
	}
	return document.ObjectOf(
		document.Field{Key: "MapRunArn", Value: run},
		document.Field{Key: "ResultWriterDetails", Value: document.ObjectOf(
			document.Field{Key: "Bucket", Value: bucket},
			document.Field{Key: "Key", Value: folder + "manifest.json"},
		)},
	), nil
}

func (w *writer) encode(results []any) ([]byte, error) {
	if !w.lines {
		return document.Encode(results)
	}
	var b bytes.Buffer
	for i, r := range results {
		text, err := document.Encode(r)
		if err != nil {
			return nil, unwritten("result "+strconv.Itoa(i)+": "+err.Error(), err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
