package flow_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

func TestMemoryStorage(t *testing.T) {
	ctx := t.Context()
	var s flow.MemoryStorage
	if _, err := s.Get(ctx, "b", "k", ""); !errors.Is(err, flow.ErrNoObject) {
		t.Errorf("%v", err)
	}
	data := []byte("one")
	for _, key := range []string{"d/2", "d/1", "e"} {
		if err := s.Put(ctx, "b", key, data); err != nil {
			t.Fatal(err)
		}
	}
	data[0] = 'x' // what was put is the storage's own
	body, err := s.Get(ctx, "b", "e", "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); string(got) != "one" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	var keys []string
	for o, err := range s.List(ctx, "b", "d/") {
		if err != nil || o.Size != 3 || o.ETag != `"f97c5d29941bfb1b2fdab0874906ab82"` || o.StorageClass != "STANDARD" || o.LastModified.IsZero() {
			t.Errorf("%+v, %v", o, err)
		}
		keys = append(keys, o.Key)
	}
	if strings.Join(keys, " ") != "d/1 d/2" {
		t.Errorf("%v", keys)
	}
	for range s.List(ctx, "b", "") {
		break // nothing is left behind
	}
}
