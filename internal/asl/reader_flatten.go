package asl

import (
	"context"

	"github.com/flowstone-go/flow/internal/machine"
)

// sourced is items that come from several sources.
type sourced []machine.Item

func (s sourced) Len() int { return len(s) }

func (s sourced) At(i int) machine.Item {
	it := s[i]
	it.Index = i
	return it
}

// flattened reads the items of all objects under a prefix, in the order of the
// keys of the objects.
func (r *reader) flattened(ctx context.Context, store Storage, bucket, prefix string, most int64) (machine.Items, error) {
	var all sourced
	for o, err := range store.List(ctx, bucket, prefix) {
		if err != nil {
			return nil, unread(err.Error(), err)
		}
		left := int64(0)
		if most > 0 {
			left = most - int64(len(all))
		}
		data, err := load(ctx, store, bucket, o.Key, "")
		if err != nil {
			return nil, err
		}
		items, err := r.itemsIn(ctx, store, data, left)
		if err != nil {
			return nil, err
		}
		for i := range items.Len() {
			it := items.At(i)
			it.Source = "S3://" + bucket + "/" + o.Key
			all = append(all, it)
		}
		if most > 0 && int64(len(all)) >= most {
			break
		}
	}
	return all, nil
}
