package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxDepth is how deep arrays and objects may be nested in a decoded text and
// in a value that is encoded; deeper ones (cycles of pointers among them) are
// an error.
const MaxDepth = 1000

// Decode reads one JSON value into canonical form. Of a key that stands twice
// the last value counts, as with encoding/json.
func Decode(data []byte) (any, error) { return decode(data, false) }

// DecodeStrict is [Decode], but a key that stands twice is an error.
func DecodeStrict(data []byte) (any, error) { return decode(data, true) }

func decode(data []byte, strict bool) (any, error) {
	d := decoder{json.NewDecoder(bytes.NewReader(data)), strict}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text goes on after the JSON value at offset %d", d.InputOffset())
	}
	return v, nil
}

type decoder struct {
	*json.Decoder
	strict bool
}

func (d decoder) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("JSON is nested more than %d deep", MaxDepth)
	}
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Number:
		return ParseNumber(string(tok))
	case json.Delim:
		if tok == '{' {
			return d.object(depth)
		}
		return d.array(depth)
	}
	return tok, nil
}

func (d decoder) array(depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func (d decoder) object(depth int) (any, error) {
	o := NewObject(4)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if d.strict {
			if _, twice := o.Get(name); twice {
				return nil, fmt.Errorf("key %q stands twice in one object, at offset %d", name, d.InputOffset())
			}
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o.Set(name, v)
	}
	_, err := d.Token()
	return o, err
}
