// Package definitionsuite runs the published definitions: state machines and
// Bedrock flows that must be accepted, survive being written, and run, and
// others that must be refused for a reason.
package definitionsuite

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// The areas of the suite, which are the names of its files.
const (
	ASLValid     = "asl-valid"
	ASLInvalid   = "asl-invalid"
	FlowsValid   = "bedrock-flows"
	FlowsInvalid = "bedrock-flows-invalid"
)

// Case is one published definition.
type Case struct {
	Area       string          `json:"-"`
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition"`
	Problem    string          `json:"problem"` // why it must be refused
	Type       string          `json:"type"`    // EXPRESS: invalid only as such
	FlowName   string          `json:"flowName"`
}

// Valid tells that the definition must be accepted.
func (c *Case) Valid() bool { return c.Area == ASLValid || c.Area == FlowsValid }

// Flow tells that the definition is of a Bedrock flow.
func (c *Case) Flow() bool { return c.Area == FlowsValid || c.Area == FlowsInvalid }

// Load reads the files of a folder that are there, of those that the suite
// knows. A folder with none of them is an error.
func Load(dir string) ([]*Case, error) {
	var all []*Case
	found := false
	for _, area := range []string{ASLValid, ASLInvalid, FlowsValid, FlowsInvalid} {
		file := filepath.Join(dir, area+".json")
		data, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = true
		var cases []*Case
		if err := json.Unmarshal(data, &cases); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if slices.Contains(cases, nil) {
			return nil, fmt.Errorf("%s: a case is null", file)
		}
		for i, c := range cases {
			c.Area = area
			if c.Name == "" || c.Definition == nil {
				return nil, fmt.Errorf("%s: case %d has no name or no definition", file, i+1)
			}
		}
		all = append(all, cases...)
	}
	if !found {
		return nil, fmt.Errorf("no definitions in %s", dir)
	}
	return all, nil
}
