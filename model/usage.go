package model

// Usage counts the tokens of a call, or of several. The three kinds of input
// are disjoint; where a provider counts otherwise, its adapter takes care.
type Usage struct {
	Input      int `json:"input"`                // tokens read that came neither from nor went to a cache
	Output     int `json:"output"`               // tokens written, reasoning included
	CacheRead  int `json:"cacheRead,omitempty"`  // tokens read from a cache
	CacheWrite int `json:"cacheWrite,omitempty"` // tokens read and put into a cache

	CacheWriteLong int `json:"cacheWriteLong,omitempty"` // those of CacheWrite that are kept for an hour
	Reasoning      int `json:"reasoning,omitempty"`      // those of Output that are reasoning, where the provider says
	AudioInput     int `json:"audioInput,omitempty"`     // those of Input that are audio
	AudioOutput    int `json:"audioOutput,omitempty"`    // those of Output that are audio
}

// TotalInput counts all tokens that the model read, cached ones included.
func (u Usage) TotalInput() int { return u.Input + u.CacheRead + u.CacheWrite }

// Total counts all tokens.
func (u Usage) Total() int { return u.TotalInput() + u.Output }

// Add gives the sum of two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Input:          u.Input + v.Input,
		Output:         u.Output + v.Output,
		CacheRead:      u.CacheRead + v.CacheRead,
		CacheWrite:     u.CacheWrite + v.CacheWrite,
		CacheWriteLong: u.CacheWriteLong + v.CacheWriteLong,
		Reasoning:      u.Reasoning + v.Reasoning,
		AudioInput:     u.AudioInput + v.AudioInput,
		AudioOutput:    u.AudioOutput + v.AudioOutput,
	}
}
