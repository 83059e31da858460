// Package virtual makes time pass at once: waits, timeouts and backoffs of a
// workflow take no time in a bubble of testing/synctest, and a wait for what
// can't come is found rather than waited for.
//
// The standard library gives bubbles to tests only. [Main] therefore runs the
// body of a program as the one test of a test binary; this package is the only
// place that knows.
package virtual

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"testing" //nolint:depguard // see the package comment: this program is a test of the library
	"testing/synctest"
	"time"
)

// Bubble calls f in a bubble of its own: the clock starts at midnight UTC on
// the first of January 2000 and moves on when all goroutines that f started
// wait. It returns when all of them have ended. An error says that f panicked
// or that some wait for ever.
type Bubble func(f func()) error

// In gives the bubbles of a test.
func In(t *testing.T) Bubble {
	t.Helper()
	return func(f func()) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%v", p)
			}
		}()
		synctest.Test(t, func(*testing.T) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			f()
		})
		return err
	}
}

// SleepUntil lets the clock of a bubble move on to a time; where that is past
// it does nothing.
func SleepUntil(t time.Time) { time.Sleep(time.Until(t)) }

// Main calls body with bubbles. It is for the main goroutine of a program, at
// most once; the standard output is out of reach meanwhile, since a test binary
// writes to it.
func Main(body func(Bubble)) (err error) {
	discard, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, discard.Close()) }()
	stdout := os.Stdout
	os.Stdout = discard
	defer func() { os.Stdout = stdout }()

	ran := false
	test := func(t *testing.T) {
		t.Helper()
		body(In(t))
		ran = true
	}
	m := testing.MainStart(deps{}, []testing.InternalTest{{Name: "Main", F: test}}, nil, nil, nil)
	if !flag.Parsed() {
		if err := flag.CommandLine.Parse(nil); err != nil { // the program has flags of its own
			return err
		}
	}
	if code := m.Run(); code != 0 || !ran {
		return fmt.Errorf("the bubbles ended with status %d", code)
	}
	return nil
}

// deps is what a test binary knows of its package: nothing.
type deps struct{}

type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

var errNoFuzzing = errors.New("this program does not fuzz")

func (deps) ImportPath() string                       { return "" }
func (deps) ModulePath() string                       { return "" }
func (deps) MatchString(string, string) (bool, error) { return true, nil }
func (deps) SetPanicOnExit0(bool)                     {}
func (deps) StartCPUProfile(io.Writer) error          { return nil }
func (deps) StopCPUProfile()                          {}
func (deps) StartTestLog(io.Writer)                   {}
func (deps) StopTestLog() error                       { return nil }

func (deps) WriteProfileTo(string, io.Writer, int) error { return nil }

func (deps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type, string, string) error {
	return errNoFuzzing
}
func (deps) RunFuzzWorker(func(corpusEntry) error) error { return errNoFuzzing }

func (deps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) { return nil, errNoFuzzing }

func (deps) CheckCorpus([]any, []reflect.Type) error { return errNoFuzzing }
func (deps) ResetCoverage()                          {}
func (deps) SnapshotCoverage()                       {}

func (deps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapcov func() float64) {
	return "", func(string, string) (string, error) { return "", nil }, func() float64 { return 0 }
}
