package document

import "encoding/json"

// Value is a document as part of a Go struct that goes through encoding/json:
// it comes back in canonical form. There tells a null from none.
type Value struct {
	V     any
	There bool
}

// ValueOf gives a Value that is there.
func ValueOf(v any) Value { return Value{v, true} }

// IsZero tells that there is no value, for omitzero.
func (v Value) IsZero() bool { return !v.There }

// MarshalJSON writes the document.
func (v Value) MarshalJSON() ([]byte, error) { return Encode(v.V) }

// UnmarshalJSON reads the document.
func (v *Value) UnmarshalJSON(data []byte) (err error) {
	v.V, err = Decode(data)
	v.There = err == nil
	return err
}

var _ json.Unmarshaler = (*Value)(nil)
