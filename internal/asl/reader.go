package asl

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// mostBytes bounds what a reader takes from one object.
const mostBytes = 1 << 30

// reader reads the items of a distributed Map from storage.
type reader struct {
	in      *states.ItemReader
	max     func(f *machine.Frame, doc any) (int64, error) // nil: all
	wrap    func(f *machine.Frame, items machine.Items) (machine.Items, error)
	listing bool
}

func (c *stateCompiler) reader(k *machine.Fork) {
	in := c.in.ItemReader
	r := &reader{in: in, listing: strings.HasSuffix(in.Resource, ":listObjectsV2")}
	k.Run.ReadArgs = c.template(in.Parameters)
	if c.in.Language == states.JSONata {
		if t := c.query(in.Arguments, "ItemReader/Arguments"); t != nil {
			k.Run.ReadArgs = func(f *machine.Frame, _ any) (any, error) { return t.eval(&ask{f: f}) }
		}
	}
	if cfg := in.ReaderConfig; cfg != nil {
		r.max = c.maxItems(cfg)
	}
	k.Run.Read = r
}

// maxItems compiles how many items are read; nil: all.
func (c *stateCompiler) maxItems(cfg *states.ReaderConfig) func(f *machine.Frame, doc any) (int64, error) {
	switch {
	case cfg.MaxItemsPath != nil:
		p := c.path(cfg.MaxItemsPath, path.CompileReference)
		return func(f *machine.Frame, doc any) (int64, error) { return c.whole(f, p, doc, "MaxItemsPath") }
	case cfg.MaxItems != nil:
		return c.count(cfg.MaxItems, nil, "ItemReader/ReaderConfig/MaxItems")
	}
	return nil
}

// unread is what a reader fails with.
func unread(cause string, err error) *machine.Failure {
	return &machine.Failure{Name: "States.ItemReaderFailed", Cause: cause, Err: err}
}

// itemsIn gives the items in the text of an object that was read.
func (r *reader) itemsIn(ctx context.Context, store Storage, data []byte, most int64) (machine.Items, error) {
	values, err := r.parse(ctx, store, data, most)
	if err != nil {
		return nil, err
	}
	if keyed, ok := values.(entries); ok {
		return keyed, nil
	}
	all, _ := values.([]any)
	return listed{values: all}, nil
}

// Call reads the items.
func (r *reader) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	most := int64(0)
	if r.max != nil {
		var err error
		if most, err = r.max(f, f.In); err != nil {
			return nil, err
		}
		if most < 0 {
			return nil, unread("field MaxItems must be positive", nil)
		}
	}
	store := runOf(f).Storage
	if store == nil {
		return nil, unread("there is no storage to read from", nil)
	}
	items, err := r.read(ctx, store, f.Args, most)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	if r.wrap != nil {
		return r.wrap(f, items)
	}
	return items, nil
}

func text(args any, key string) string {
	v, _ := document.Member(args, key)
	s, _ := document.Str(v)
	return s
}

// listed is items that all come from one source.
type listed struct {
	values []any
	source string
}

func (l listed) Len() int { return len(l.values) }

func (l listed) At(i int) machine.Item {
	return machine.Item{Index: i, Value: l.values[i], Source: l.source}
}

func (r *reader) read(ctx context.Context, store Storage, args any, most int64) (machine.Items, error) {
	bucket := text(args, "Bucket")
	if r.listing && r.in.ReaderConfig != nil && r.in.ReaderConfig.Transformation == "LOAD_AND_FLATTEN" {
		return r.flattened(ctx, store, bucket, text(args, "Prefix"), most)
	}
	if r.listing {
		values, err := list(ctx, store, bucket, text(args, "Prefix"), most)
		return listed{values, "S3://" + bucket}, err
	}
	key := text(args, "Key")
	data, err := load(ctx, store, bucket, key, text(args, "VersionId"))
	if err != nil {
		return nil, err
	}
	items, err := r.itemsIn(ctx, store, data, most)
	source := "S3://" + bucket + "/" + key
	switch found := items.(type) {
	case listed:
		found.source = source
		return found, nil
	case entries:
		found.source = source
		return found, nil
	}
	return items, err
}

func load(ctx context.Context, store Storage, bucket, key, version string) ([]byte, error) {
	body, err := store.Get(ctx, bucket, key, version)
	if err != nil {
		return nil, unread(err.Error(), err)
	}
	data, err := io.ReadAll(io.LimitReader(body, mostBytes+1))
	err = errors.Join(err, body.Close())
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("%s/%s is larger than %d bytes", bucket, key, mostBytes)
	}
	if err != nil {
		return nil, unread(err.Error(), err)
	}
	return data, nil
}

func list(ctx context.Context, store Storage, bucket, prefix string, most int64) ([]any, error) {
	var all []any
	for o, err := range store.List(ctx, bucket, prefix) {
		if err != nil {
			return nil, unread(err.Error(), err)
		}
		all = append(all, document.ObjectOf(
			document.Field{Key: "Etag", Value: o.ETag},
			document.Field{Key: "Key", Value: o.Key},
			document.Field{Key: "LastModified", Value: float64(o.LastModified.Unix())},
			document.Field{Key: "Size", Value: float64(o.Size)},
			document.Field{Key: "StorageClass", Value: o.StorageClass},
		))
		if most > 0 && int64(len(all)) == most {
			break
		}
	}
	return all, nil
}

// parse gives the items in an object: a list of values, or entries.
func (r *reader) parse(ctx context.Context, store Storage, data []byte, most int64) (any, error) {
	cfg := r.in.ReaderConfig
	if cfg == nil {
		cfg = &states.ReaderConfig{}
	}
	var values []any
	var err error
	switch cfg.InputType {
	case "CSV":
		values, err = rows(data, cfg, most)
	case "JSONL":
		values, err = lines(data, most)
	case "MANIFEST":
		values, err = inventory(ctx, store, data, most)
	case "", "JSON":
		return jsonItems(data, cfg, most)
	default:
		return nil, unread("the input type "+cfg.InputType+" can't be read", nil)
	}
	return values, err
}

func jsonItems(data []byte, cfg *states.ReaderConfig, most int64) (any, error) {
	v, err := document.Decode(data)
	if err != nil {
		return nil, unread("the object is no JSON: "+err.Error(), err)
	}
	if at, ok := cfg.ItemsPointer.Text(); ok {
		if v, ok = pointed(v, at); !ok {
			return nil, unread("the ItemsPointer "+at+" leads nowhere", nil)
		}
	}
	switch document.KindOf(v) {
	case document.Array:
		values, _ := v.([]any)
		return cut(values, most), nil
	case document.ObjectKind:
		e := entriesOf(v)
		if most > 0 && int64(len(e.keys)) > most {
			e.keys, e.values = e.keys[:most], e.values[:most]
		}
		return e, nil
	}
	return nil, unread("Attempting to map over non-iterable node.", nil)
}

func cut(values []any, most int64) []any {
	if most > 0 && int64(len(values)) > most {
		return values[:most]
	}
	return values
}

// pointed follows a JSON pointer.
func pointed(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		var ok bool
		if document.KindOf(v) == document.Array {
			i, err := strconv.Atoi(step)
			if err != nil {
				return nil, false
			}
			v, ok = document.Index(v, i)
		} else {
			v, ok = document.Member(v, step)
		}
		if !ok {
			return nil, false
		}
	}
	return v, true
}

func lines(data []byte, most int64) ([]any, error) {
	var all []any
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		v, err := document.Decode(line)
		if err != nil {
			return nil, unread(fmt.Sprintf("line %d is no JSON: %v", len(all)+1, err), err)
		}
		if all = append(all, v); most > 0 && int64(len(all)) == most {
			break
		}
	}
	return all, nil
}

// manifest is the description of an S3 inventory.
type manifest struct {
	DestinationBucket string `json:"destinationBucket"`
	FileFormat        string `json:"fileFormat"`
	FileSchema        string `json:"fileSchema"`
	Files             []struct {
		Key string `json:"key"`
	} `json:"files"`
}

// inventory reads the rows of the files that a manifest lists.
func inventory(ctx context.Context, store Storage, data []byte, most int64) ([]any, error) {
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, unread("the manifest is no JSON: "+err.Error(), err)
	}
	if m.FileFormat != "" && m.FileFormat != "CSV" {
		return nil, unread("inventories in the format "+m.FileFormat+" can't be read", nil)
	}
	cfg := &states.ReaderConfig{CSVHeaderLocation: "GIVEN"}
	for name := range strings.SplitSeq(m.FileSchema, ",") {
		cfg.CSVHeaders = append(cfg.CSVHeaders, strings.TrimSpace(name))
	}
	bucket := m.DestinationBucket[strings.LastIndexByte(m.DestinationBucket, ':')+1:]
	var all []any
	for _, file := range m.Files {
		left := int64(0)
		if most > 0 {
			if left = most - int64(len(all)); left == 0 {
				break
			}
		}
		data, err := load(ctx, store, bucket, file.Key, "")
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(file.Key, ".gz") {
			if data, err = unzipped(data); err != nil {
				return nil, unread(file.Key+": "+err.Error(), err)
			}
		}
		values, err := rows(data, cfg, left)
		if err != nil {
			return nil, err
		}
		all = append(all, values...)
	}
	return all, nil
}

func unzipped(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, mostBytes+1))
	if err == nil && len(out) > mostBytes {
		err = fmt.Errorf("larger than %d bytes", mostBytes)
	}
	return out, err
}
