package asl

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
)

// env is where the paths, templates and functions of a state find their roots.
type env struct {
	f    *machine.Frame
	doc  any
	item *machine.Item // of the item that an ItemSelector is for
}

// Input is the document.
func (e *env) Input() any { return e.doc }

// Context is the context object.
func (e *env) Context() any { return contextOf(e.f, e.item) }

// Variable gives a workflow variable.
func (e *env) Variable(name string) (any, bool) { return e.f.Vars.Get(name) }

// Random gives a number from 0 to 1.
func (e *env) Random() float64 { return e.f.Exec.Host.Float64() }

// UUID makes a UUID of the execution's own chance, so that a driver that
// repeats an execution repeats it.
func (e *env) UUID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], bits(e.f))
	binary.BigEndian.PutUint64(b[8:], bits(e.f))
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// bits gives 64 random bits.
func bits(f *machine.Frame) uint64 {
	high := uint64(f.Exec.Host.Float64() * (1 << 32))
	low := uint64(f.Exec.Host.Float64() * (1 << 32))
	return high<<32 | low&math.MaxUint32
}

// get reads a path.
func get(p *path.Path, f *machine.Frame, doc any) (any, error) {
	if p.Root() == path.Document {
		return p.GetFrom(doc)
	}
	return p.Get(&env{f: f, doc: doc})
}
