package flow

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what S3 calls an ETag, not a secret
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/asl"
)

// Storage is a store of objects like Amazon S3, from which distributed Maps
// read their items and to which they write their results.
type Storage = asl.Storage

// StoredObject is an entry of a listing of [Storage].
type StoredObject = asl.Object

// Store gives the readers and writers of a parsed flow their storage. Nil, the
// default, is none: they fail.
func Store(s Storage) Option { return option(func(set *settings) { set.storage = s }) }

// MemoryStorage is a [Storage] in memory, for tests. The zero value is empty
// and ready. It is safe for concurrent use.
type MemoryStorage struct {
	mu      sync.RWMutex
	buckets map[string]map[string]stored
}

type stored struct {
	data []byte
	at   time.Time
}

// ErrNoObject is the error of [MemoryStorage] for an object that is not there.
var ErrNoObject = errors.New("the specified key does not exist")

// Get opens an object. It keeps the latest version only, whichever is asked for.
func (m *MemoryStorage) Get(_ context.Context, bucket, key, _ string) (io.ReadCloser, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	o, ok := m.buckets[bucket][key]
	if !ok {
		return nil, fmt.Errorf("%s/%s: %w", bucket, key, ErrNoObject)
	}
	return io.NopCloser(bytes.NewReader(o.data)), nil
}

// List lists the objects whose key has a prefix, in the order of the keys.
func (m *MemoryStorage) List(_ context.Context, bucket, prefix string) iter.Seq2[StoredObject, error] {
	return func(yield func(StoredObject, error) bool) {
		m.mu.RLock()
		objects := maps.Clone(m.buckets[bucket])
		m.mu.RUnlock()
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			o := objects[key]
			sum := md5.Sum(o.data) //nolint:gosec // as above
			entry := StoredObject{
				Key: key, Size: int64(len(o.data)), ETag: `"` + hex.EncodeToString(sum[:]) + `"`,
				LastModified: o.at, StorageClass: "STANDARD",
			}
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// Put writes an object, in the place of one that is there.
func (m *MemoryStorage) Put(_ context.Context, bucket, key string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.buckets == nil {
		m.buckets = map[string]map[string]stored{}
	}
	if m.buckets[bucket] == nil {
		m.buckets[bucket] = map[string]stored{}
	}
	m.buckets[bucket][key] = stored{bytes.Clone(data), time.Now()}
	return nil
}
