// Benchmarks of Flowstone beside hand-written Go and beside other libraries
// for the same work. From the root of the repository:
//
//	make bench
//
// It prints a table in Markdown. Flags choose what is measured:
//
//	cd benchmarks && GOWORK=off go run . -only a,c -rounds 9 -time 50ms
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "the letters of the workloads to measure, such as a,c; empty for all")
	against := flag.String("against", "", "a contender must have this in its name, hand-written Go apart; empty for all")
	rounds := flag.Int("rounds", 7, "how often each contender is measured; at least 5")
	span := flag.Duration("time", 40*time.Millisecond, "how long one measurement takes")
	waiting := flag.Int("waiting", 100_000, "how many executions wait at once in workload i")
	flag.Parse()
	if *rounds < 5 {
		log.Fatal("a median of fewer than 5 says little: -rounds 5")
	}
	if err := run(os.Stdout, *only, *against, *rounds, *span, *waiting); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, only, against string, rounds int, span time.Duration, waiting int) error {
	ctx := context.Background()
	wanted := func(letter string) bool {
		return only == "" || slices.Contains(strings.Split(only, ","), letter)
	}
	if err := header(w, rounds, span); err != nil {
		return err
	}
	all := measured{}
	for _, wl := range workloads() {
		if !wanted(wl.letter) {
			continue
		}
		results, err := compete(ctx, wl.against(against), rounds, span)
		if err != nil {
			return fmt.Errorf("(%s) %s: %w", wl.letter, wl.title, err)
		}
		all[wl.letter] = append(all[wl.letter], results...)
		if err := wl.print(w, results); err != nil {
			return err
		}
	}
	if wanted("i") {
		results, err := crowds(ctx, w, waiting)
		if err != nil {
			return err
		}
		all["i"] = results
	}
	return all.summary(w)
}
