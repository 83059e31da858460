package flow

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// place is where in the user's source something was made.
type place uintptr

// here is the place that called the exported function which calls here.
func here() place {
	var pcs [1]uintptr
	runtime.Callers(3, pcs[:])
	return place(pcs[0])
}

var workDir = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
})

// String gives file and line, the file relative to the working directory if
// it lies below it.
func (p place) String() string {
	if p == 0 {
		return "unknown place"
	}
	frame, _ := runtime.CallersFrames([]uintptr{uintptr(p)}).Next()
	file := frame.File
	if rel, err := filepath.Rel(workDir(), file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(file), frame.Line)
}
