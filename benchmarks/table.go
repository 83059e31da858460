package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// rivals are the modules whose versions the table names.
var rivals = []string{
	"github.com/cloudwego/eino",
	"github.com/firebase/genkit/go",
	"google.golang.org/adk/v2",
	"github.com/tmc/langchaingo",
	"github.com/smallnest/langgraphgo",
	"github.com/coinbase/step",
	"github.com/failsafe-go/failsafe-go",
	"golang.org/x/sync",
}

// header says where and how the numbers were made.
func header(w io.Writer, rounds int, span time.Duration) error {
	p := &printer{w: w}
	p.line("Measured on %s, %d CPUs, %s, %s/%s; %s.", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		p.line("Load of the machine at the start, over 1, 5 and 15 minutes: %s.", strings.Join(strings.Fields(string(load))[:3], ", "))
	}
	p.line("%d rounds of about %v for each contender, in turn. Times are for one operation.", rounds, span)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		p.line("The versions of the modules are unknown.")
		return p.err
	}
	var versions []string
	for _, path := range rivals {
		for _, dep := range info.Deps {
			if dep.Path == path {
				versions = append(versions, path+" "+dep.Version)
			}
		}
	}
	p.line("")
	p.line("Versions: %s.", strings.Join(versions, ", "))
	return p.err
}

// processor is the name of the processor.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "an unknown processor"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown processor"
}

// print writes the table of a workload.
func (wl workload) print(w io.Writer, results []result) error {
	p := &printer{w: w}
	var base *result
	for i := range results {
		if results[i].name == wl.base {
			base = &results[i]
		}
	}
	p.line("\n### (%s) %s\n", wl.letter, wl.title)
	if wl.most > 0 {
		p.line("Bound: %g × %s.\n", wl.most, wl.base)
	}
	piece, rule := "", ""
	if wl.per > 0 {
		piece, rule = " per "+wl.unit+" |", "---:|"
	}
	p.line("| | median | minimum | × %s (medians) | × (minima) | allocations | bytes |%s not alike |", wl.base, piece)
	p.line("|---|---:|---:|---:|---:|---:|---:|%s---|", rule)
	for i := range results {
		r := &results[i]
		if wl.per > 0 {
			piece = " " + nanos(r.least()/float64(wl.per)) + " |"
		}
		p.line("| %s | %s | %s | %s | %s | %.0f | %.0f |%s %s |", r.name, nanos(r.median()), nanos(r.least()),
			ratio(r.median()/base.median()), ratio(r.least()/base.least()), r.allocs, r.octets, piece, r.note)
	}
	return p.err
}

func ratio(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// nanos writes a number of nanoseconds.
func nanos(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.1f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.2f ms", ns/1e6)
	}
	return fmt.Sprintf("%.2f s", ns/1e9)
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
