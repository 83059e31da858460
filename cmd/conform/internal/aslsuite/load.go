package aslsuite

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// Load reads the cases of all JSON files of a folder, in the order of the
// files' names and then of the cases. A file that holds something other than
// an array of cases is an error.
func Load(dir string) ([]*Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no cases (*.json) in %s", dir)
	}
	slices.Sort(files)
	var cases []*Case
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		read, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, c := range read {
			if c.Area == "" {
				c.Area = strings.TrimSuffix(filepath.Base(file), ".json")
			}
		}
		cases = append(cases, read...)
	}
	return cases, nil
}

// Parse reads a JSON array of cases. One that can't be read has its Problem.
func Parse(data []byte) ([]*Case, error) {
	v, err := document.Decode(data)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("not an array of cases but %s", document.KindOf(v))
	}
	cases := make([]*Case, len(list))
	for i, v := range list {
		expanded, err := expand(v)
		if err == nil {
			cases[i], err = parse(expanded)
		}
		if err != nil {
			cases[i] = unreadable(i, v, err)
		}
	}
	return cases, nil
}

// unreadable is a case that can't be read, named as well as it can be.
func unreadable(i int, v any, err error) *Case {
	c := &Case{Problem: err}
	c.Name, _ = document.Str(get(v, "name"))
	c.Area, _ = document.Str(get(v, "area"))
	if c.Name == "" {
		c.Name = fmt.Sprintf("case %d", i+1)
	}
	return c
}

// longest bounds what one $repeat may grow to.
const longest = 64 << 20

// expand replaces the strings of the form $repeat:N:c by the character c
// repeated N times, keys included.
func expand(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return repeated(v)
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			e, err := expand(e)
			if err != nil {
				return nil, err
			}
			all[i] = e
		}
		return all, nil
	case *document.Object:
		all := document.NewObject(v.Len())
		for key, e := range v.All() {
			key, err := repeated(key)
			if err != nil {
				return nil, err
			}
			e, err := expand(e)
			if err != nil {
				return nil, err
			}
			all.Set(key, e)
		}
		return all, nil
	}
	return v, nil
}

var digits = regexp.MustCompile(`^\d+$`)

func repeated(s string) (string, error) {
	rest, ok := strings.CutPrefix(s, "$repeat:")
	if !ok {
		return s, nil
	}
	number, char, ok := strings.Cut(rest, ":")
	if !ok || !digits.MatchString(number) || utf8.RuneCountInString(char) != 1 {
		return s, nil // not of that form: an ordinary string
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s, err)
	}
	if n > longest/len(char) {
		return "", fmt.Errorf("%s is longer than %d bytes", s, longest)
	}
	return strings.Repeat(char, n), nil
}
