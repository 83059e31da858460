package report

import (
	"encoding/json"
	"io"
)

type suiteJSON struct {
	Suite      string               `json:"suite"`
	Cases      int                  `json:"cases"`
	Agree      int                  `json:"agree"`
	Impossible int                  `json:"impossible"`
	Levels     map[string]shareJSON `json:"levels"`
	Areas      map[string]areaJSON  `json:"areas"`
	Results    []resultJSON         `json:"results"`
}

type areaJSON struct {
	Cases  int                  `json:"cases"`
	Agree  int                  `json:"agree"`
	Levels map[string]shareJSON `json:"levels"`
}

type shareJSON struct {
	Cases int `json:"cases"`
	Agree int `json:"agree"`
}

type resultJSON struct {
	Area       string  `json:"area"`
	Case       string  `json:"case"`
	Agrees     bool    `json:"agrees"`
	Impossible string  `json:"impossible,omitempty"`
	Seconds    float64 `json:"seconds"`
	Levels     []Level `json:"levels"`
}

// WriteJSON writes the suites as one JSON array: of each the counts, by area
// and level too, and every case with its differences in full.
func WriteJSON(w io.Writer, suites []Suite) error {
	all := make([]suiteJSON, 0, len(suites))
	for _, s := range suites {
		total := s.Total()
		out := suiteJSON{
			Suite: s.Name, Cases: total.Cases, Agree: total.Agree, Impossible: total.Impossible,
			Levels: s.shares(total), Areas: map[string]areaJSON{}, Results: []resultJSON{},
		}
		names, byArea := s.areas()
		for _, name := range names {
			c := s.count(byArea[name])
			out.Areas[name] = areaJSON{Cases: c.Cases, Agree: c.Agree, Levels: s.shares(c)}
		}
		for _, r := range s.Results {
			out.Results = append(out.Results, resultJSON{
				Area: r.Area, Case: r.Case, Agrees: r.Agrees(), Impossible: r.Impossible,
				Seconds: r.Took.Seconds(), Levels: r.Levels,
			})
		}
		all = append(all, out)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(all)
}

func (s Suite) shares(c Count) map[string]shareJSON {
	shares := map[string]shareJSON{}
	for i, name := range s.Levels {
		if c.Levels[i].Cases > 0 {
			shares[name] = shareJSON{Cases: c.Levels[i].Cases, Agree: c.Levels[i].Agree}
		}
	}
	return shares
}
