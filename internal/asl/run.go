package asl

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Run is what one execution of a compiled definition runs with. It is the Data
// of the execution's identity.
type Run struct {
	// Ready looks, before anything is scheduled, whether a task can be called
	// with these arguments. An error refuses it.
	Ready func(f *machine.Frame, t *Task, args any) error
	// Call calls a task.
	Call func(ctx context.Context, f *machine.Frame, t *Task) (any, error)
	// Worker names who works on the tasks of an activity; empty: nobody says.
	Worker func(t *Task) string
	// Storage is where readers read and writers write; nil: there is none.
	Storage Storage
	// Limit is the greatest size of a payload in bytes; 0: none.
	Limit int
	// Labels gives the label of a distributed Map; empty: it has none.
	Labels func(*machine.State) string
	// Express tells whether the children of a distributed Map are Express.
	Express func(*machine.State) bool
	// Context stands in for the context object; nil: that of the execution.
	Context any
	// Alone tells that a single state is tested: messages do not say where.
	Alone bool
	// NoRedrives leaves RedriveCount out of the context object.
	NoRedrives bool
}

// Storage is a store of objects like S3.
type Storage interface {
	// Get opens an object; version is empty for the latest.
	Get(ctx context.Context, bucket, key, version string) (io.ReadCloser, error)
	// List lists the objects whose key has a prefix, in the order of the keys.
	List(ctx context.Context, bucket, prefix string) iter.Seq2[Object, error]
	// Put writes an object.
	Put(ctx context.Context, bucket, key string, data []byte) error
}

// Object is an entry of a listing.
type Object struct {
	Key          string
	Size         int64
	ETag         string
	LastModified time.Time
	StorageClass string
}

var bare = &Run{}

// runOf gives what the execution of a frame runs with.
func runOf(f *machine.Frame) *Run {
	if r, ok := f.Exec.Known().Data.(*Run); ok {
		return r
	}
	return bare
}
