package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/cmd/conform/internal/report"
)

// belowFloor reads a file that says how many cases of each suite agree at
// least, and gives a line for each suite of which fewer do. A line is the name of a suite
// and a number; what follows # is a comment. Every suite that was run must be
// there.
func belowFloor(file string, results []report.Suite) ([]string, error) {
	floor, err := readFloor(file)
	if err != nil {
		return nil, err
	}
	var below []string
	for _, s := range results {
		least, ok := floor[s.Name]
		if !ok {
			return nil, fmt.Errorf("%s says nothing about the suite %s", file, s.Name)
		}
		if got := s.Total().Agree; got < least {
			below = append(below, fmt.Sprintf("%s: %d cases agree, fewer than the %d of %s\n", s.Name, got, least, file))
		}
	}
	return below, nil
}

func readFloor(file string) (map[string]int, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	floor := map[string]int{}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("%s:%d: not a suite and a number", file, n)
		}
		least, err := strconv.Atoi(words[1])
		if err != nil || least < 0 {
			return nil, fmt.Errorf("%s:%d: %s is no number of cases", file, n, words[1])
		}
		floor[words[0]] = least
	}
	return floor, nil
}
