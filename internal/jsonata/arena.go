package jsonata

import "sync"

// arena is where the nodes of a syntax tree live. The tree is done with as
// soon as it is compiled, and the arena serves the next.
type arena struct {
	chunks []*[chunkNodes]ast
	chunk  int // the one in use
	used   int // nodes of it
}

const (
	chunkNodes = 32
	keptChunks = 16
)

var arenas = sync.Pool{New: func() any { return new(arena) }}

func newArena() *arena {
	a, _ := arenas.Get().(*arena)
	return a
}

// node gives a node of the arena's.
func (a *arena) node(n ast) *ast {
	if a.chunk == len(a.chunks) {
		a.chunks = append(a.chunks, new([chunkNodes]ast))
	}
	out := &a.chunks[a.chunk][a.used]
	*out = n
	if a.used++; a.used == chunkNodes {
		a.chunk, a.used = a.chunk+1, 0
	}
	return out
}

// release forgets all nodes.
func (a *arena) release() {
	for i := range min(a.chunk, len(a.chunks)) {
		clear(a.chunks[i][:])
	}
	if a.chunk < len(a.chunks) {
		clear(a.chunks[a.chunk][:a.used])
	}
	a.chunks = a.chunks[:min(len(a.chunks), keptChunks)]
	a.chunk, a.used = 0, 0
	arenas.Put(a)
}
