package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Config is a MockConfigFile.json: the mocked service integrations of Step
// Functions Local. It maps the states of test cases to responses, and those
// to what each attempt returns or throws. It is immutable.
type Config struct {
	machines  map[string]map[string]map[string]string // machine, test case, state: response
	responses map[string][]attempts
}

// attempts is what a range of attempts does.
type attempts struct {
	from, to int
	mocked   Mocked
}

// Mocked is what one attempt of a state does: it returns a value, or throws an
// error.
type Mocked struct {
	Return json.RawMessage // the result, as JSON; nil where the attempt throws
	Error  string          // the name of the error that is thrown
	Cause  string
	Throws bool
}

// ParseConfig reads a MockConfigFile.json:
//
//	{"StateMachines": {"Orders": {"TestCases": {"Happy": {"Charge": "Charged"}}}},
//	 "MockedResponses": {"Charged": {
//	   "0-1": {"Throw": {"Error": "Busy", "Cause": "…"}},
//	   "2":   {"Return": {"ok": true}}}}}
//
// Attempts count from 0. Every mistake is an error: a member that is not known,
// a response that is not there, ranges that overlap or are none, an attempt that
// both returns and throws.
func ParseConfig(data []byte) (*Config, error) {
	root, err := document.DecodeStrict(data)
	if err != nil {
		return nil, fmt.Errorf("mock configuration: %w", err)
	}
	c := &Config{machines: map[string]map[string]map[string]string{}, responses: map[string][]attempts{}}
	var errs []error
	for name, v := range members(root, "", &errs, "StateMachines", "MockedResponses") {
		for key, inner := range members(v, name, &errs) {
			at := name + "." + key
			if name == "MockedResponses" {
				c.responses[key] = readResponse(inner, at, &errs)
			} else {
				c.machines[key] = readMachine(inner, at, &errs)
			}
		}
	}
	c.checkNames(&errs)
	if len(errs) > 0 {
		return nil, fmt.Errorf("mock configuration: %w", errors.Join(errs...))
	}
	return c, nil
}

// members gives the members of an object; where names are given, there may be
// no others.
func members(v any, at string, errs *[]error, names ...string) map[string]any {
	out := map[string]any{}
	if document.KindOf(v) != document.ObjectKind {
		*errs = append(*errs, fmt.Errorf("%s is %s, not an object", place(at), document.KindOf(v)))
		return out
	}
	for key, e := range document.Entries(v) {
		if len(names) > 0 && !slices.Contains(names, key) {
			*errs = append(*errs, fmt.Errorf("%s has the member %q, which is not known", place(at), key))
			continue
		}
		out[key] = e
	}
	return out
}

func place(at string) string {
	if at == "" {
		return "the file"
	}
	return at
}

func readMachine(v any, at string, errs *[]error) map[string]map[string]string {
	cases := map[string]map[string]string{}
	for _, v := range members(v, at, errs, "TestCases") {
		for name, states := range members(v, at+".TestCases", errs) {
			cases[name] = map[string]string{}
			for state, response := range members(states, at+".TestCases."+name, errs) {
				text, ok := document.Str(response)
				if !ok {
					*errs = append(*errs, fmt.Errorf("%s.TestCases.%s.%s is not the name of a response", at, name, state))
				}
				cases[name][state] = text
			}
		}
	}
	return cases
}

func readResponse(v any, at string, errs *[]error) []attempts {
	var list []attempts
	for key, v := range document.Entries(v) { // in the order of the file
		a, err := readAttempts(key, v, at+"."+key, errs)
		if err != nil {
			*errs = append(*errs, err)
			continue
		}
		for _, other := range list {
			if a.from <= other.to && other.from <= a.to {
				*errs = append(*errs, fmt.Errorf("%s: attempt %d is there twice", at, max(a.from, other.from)))
			}
		}
		list = append(list, a)
	}
	if document.KindOf(v) != document.ObjectKind {
		members(v, at, errs)
	}
	return list
}

func readAttempts(key string, v any, at string, errs *[]error) (a attempts, err error) {
	first, last, ranged := strings.Cut(key, "-")
	if !ranged {
		last = first
	}
	from, errFrom := strconv.ParseUint(first, 10, 31)
	to, errTo := strconv.ParseUint(last, 10, 31)
	if errFrom != nil || errTo != nil || from > to {
		return a, fmt.Errorf("%s: %q is neither an attempt nor a range of attempts", at, key)
	}
	a.from, a.to = int(from), int(to)
	m := members(v, at, errs, "Return", "Throw")
	returned, returns := m["Return"]
	thrown, throws := m["Throw"]
	switch {
	case returns == throws:
		return a, fmt.Errorf("%s has to have either Return or Throw", at)
	case returns:
		text, err := document.Encode(returned)
		a.mocked.Return = text
		return a, err
	}
	a.mocked.Throws = true
	for name, v := range members(thrown, at+".Throw", errs, "Error", "Cause") {
		text, ok := document.Str(v)
		if !ok {
			return a, fmt.Errorf("%s.Throw.%s is not a string", at, name)
		}
		if name == "Error" {
			a.mocked.Error = text
		} else {
			a.mocked.Cause = text
		}
	}
	return a, nil
}

func (c *Config) checkNames(errs *[]error) {
	for machine, cases := range c.machines {
		for name, states := range cases {
			for state, response := range states {
				if _, ok := c.responses[response]; !ok {
					*errs = append(*errs, fmt.Errorf("StateMachines.%s.TestCases.%s.%s: there is no response %q", machine, name, state, response))
				}
			}
		}
	}
	slices.SortFunc(*errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
}

// Lookup tells what a state does at an attempt, counted from 0, in a test case
// of a machine. mocked is false where the test case does not mock the state,
// which then does its real work. A machine or test case that is not there, and
// an attempt behind the last one, is an error.
func (c *Config) Lookup(machine, testCase, state string, attempt int) (m Mocked, mocked bool, err error) {
	cases, ok := c.machines[machine]
	if !ok {
		return m, false, fmt.Errorf("mock configuration: there is no machine %q", machine)
	}
	states, ok := cases[testCase]
	if !ok {
		return m, false, fmt.Errorf("mock configuration: machine %q has no test case %q", machine, testCase)
	}
	response, ok := states[state]
	if !ok {
		return m, false, nil
	}
	for _, a := range c.responses[response] {
		if a.from <= attempt && attempt <= a.to {
			return a.mocked, true, nil
		}
	}
	return m, false, fmt.Errorf("mock configuration: response %q of state %q has no attempt %d", response, state, attempt)
}

// Cases are the names of a machine's test cases, sorted.
func (c *Config) Cases(machine string) []string {
	var names []string
	for name := range c.machines[machine] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
