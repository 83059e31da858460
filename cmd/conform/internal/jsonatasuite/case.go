// Package jsonatasuite runs the JSONata conformance cases: expressions with
// the values or errors that the reference implementation gives.
package jsonatasuite

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// Case is one expression and what it gives.
type Case struct {
	Group, Name string
	Expr        string

	// Input is the document, HasInput tells whether there is one: else the
	// input is undefined.
	Input    any
	HasInput bool
	Bindings map[string]any // by name without $

	// TimeLimit and Depth are the bounds under which the case was written; 0:
	// the usual ones.
	TimeLimit time.Duration
	Depth     int

	// Result is the value expected, unless nothing (Undefined) or an error is.
	Result    any
	Undefined bool
	Unordered bool // the order of the array in Result is free
	Error     *Failure

	// StepFunctions tells that the case holds for the JSONata of Step
	// Functions; Newer says why it does not.
	StepFunctions bool
	LoneSurrogate bool
	Heavy         bool
}

// Failure is an error of JSONata. In a case, what is empty is not said.
type Failure struct {
	Code, Token, Message string
}

// rawCase is a case as it is written.
type rawCase struct {
	Group     string                     `json:"group"`
	Name      string                     `json:"name"`
	Expr      string                     `json:"expr"`
	Data      json.RawMessage            `json:"data"`
	Dataset   string                     `json:"dataset"`
	Bindings  map[string]json.RawMessage `json:"bindings"`
	TimeLimit float64                    `json:"timelimit"`
	Depth     int                        `json:"depth"`
	Expect    struct {
		Result    json.RawMessage `json:"result"`
		Undefined bool            `json:"undefined"`
		Unordered bool            `json:"unordered"`
		Error     *struct {
			Code    string          `json:"code"`
			Token   json.RawMessage `json:"token"`
			Message string          `json:"message"`
		} `json:"error"`
	} `json:"expect"`
	SFN   string `json:"sfn"`
	Note  string `json:"note"`
	Heavy bool   `json:"heavy"`
}

// Load reads cases.json of a folder, and the documents that its cases share
// from datasets beside it.
func Load(dir string) ([]*Case, error) {
	file := filepath.Join(dir, "cases.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var raw []rawCase
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	datasets := map[string]any{}
	cases := make([]*Case, len(raw))
	for i := range raw {
		if cases[i], err = raw[i].read(dir, datasets); err != nil {
			return nil, fmt.Errorf("%s: case %s/%s: %w", file, raw[i].Group, raw[i].Name, err)
		}
	}
	return cases, nil
}

func (r *rawCase) read(dir string, datasets map[string]any) (*Case, error) {
	c := &Case{
		Group: r.Group, Name: r.Name, Expr: r.Expr,
		TimeLimit: time.Duration(r.TimeLimit * float64(time.Millisecond)), Depth: r.Depth,
		Undefined: r.Expect.Undefined, Unordered: r.Expect.Unordered,
		StepFunctions: r.SFN == "", LoneSurrogate: strings.Contains(r.Note, "lone-surrogate"), Heavy: r.Heavy,
	}
	var err error
	switch {
	case r.Data != nil:
		c.HasInput = true
		if c.Input, err = document.Decode(r.Data); err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
	case r.Dataset != "":
		c.HasInput = true
		if c.Input, err = dataset(dir, r.Dataset, datasets); err != nil {
			return nil, err
		}
	}
	for name, text := range r.Bindings {
		if c.Bindings == nil {
			c.Bindings = map[string]any{}
		}
		if c.Bindings[name], err = document.Decode(text); err != nil {
			return nil, fmt.Errorf("binding %s: %w", name, err)
		}
	}
	if e := r.Expect.Error; e != nil {
		c.Error = &Failure{Code: e.Code, Message: e.Message, Token: tokenText(e.Token)}
		return c, nil
	}
	if c.Undefined {
		return c, nil
	}
	if r.Expect.Result == nil {
		return nil, errors.New("nothing is expected")
	}
	if c.Result, err = document.Decode(r.Expect.Result); err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	return c, nil
}

// tokenText is the token of an error as text; it may be a number there.
func tokenText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

func dataset(dir, name string, known map[string]any) (any, error) {
	if v, ok := known[name]; ok {
		return v, nil
	}
	if !filepath.IsLocal(name) {
		return nil, fmt.Errorf("dataset %q is no name", name)
	}
	data, err := os.ReadFile(filepath.Join(dir, "datasets", name+".json"))
	if err != nil {
		return nil, err
	}
	v, err := document.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", name, err)
	}
	known[name] = v
	return v, nil
}
