package model

import (
	"maps"
	"slices"
	"strings"
)

// Price is what a model costs, in US dollars for a million tokens.
type Price struct {
	Input          float64 `json:"input"`
	Output         float64 `json:"output"`
	CacheRead      float64 `json:"cacheRead,omitempty"`      // 0: as Input
	CacheWrite     float64 `json:"cacheWrite,omitempty"`     // 0: as Input
	CacheWriteLong float64 `json:"cacheWriteLong,omitempty"` // 0: as CacheWrite
}

// Cost is what tokens cost, in US dollars.
func (p Price) Cost(u Usage) float64 {
	read, write := or(p.CacheRead, p.Input), or(p.CacheWrite, p.Input)
	long := or(p.CacheWriteLong, write)
	const million = 1e6
	return (float64(u.Input)*p.Input + float64(u.Output)*p.Output + float64(u.CacheRead)*read +
		float64(u.CacheWrite-u.CacheWriteLong)*write + float64(u.CacheWriteLong)*long) / million
}

func or(a, b float64) float64 {
	if a != 0 {
		return a
	}
	return b
}

// Prices is a price list by model id.
type Prices map[string]Price

// regions are the prefixes of Bedrock's cross-region inference profiles, which
// cost what the model costs in the region that is asked.
var regions = []string{"us.", "eu.", "apac.", "global.", "us-gov.", "jp.", "au.", "ca."}

// Find gives the price of a model: by its id as it is, as the last part of an
// ARN, and without the region of an inference profile.
func (p Prices) Find(id string) (Price, bool) {
	if price, ok := p[id]; ok {
		return price, true
	}
	if strings.HasPrefix(id, "arn:") {
		id = id[strings.LastIndexByte(id, '/')+1:]
		if price, ok := p[id]; ok {
			return price, true
		}
	}
	for _, r := range regions {
		if rest, ok := strings.CutPrefix(id, r); ok {
			price, ok := p[rest]
			return price, ok
		}
	}
	return Price{}, false
}

// With gives the list with other prices added, or put in the place of those for
// the same ids.
func (p Prices) With(others Prices) Prices {
	all := maps.Clone(p)
	if all == nil {
		all = Prices{}
	}
	maps.Copy(all, others)
	return all
}

// IDs are the models of the list, sorted.
func (p Prices) IDs() []string { return slices.Sorted(maps.Keys(p)) }

// PricesAsOf is the month of [BedrockPrices].
const PricesAsOf = "2026-04"

// BedrockPrices are on-demand prices of some models of Amazon Bedrock in
// us-east-1, as several public tables quoted them in April 2026 alike; AWS's own
// page was not read. Prices change and differ by region and contract: for money
// that matters, give your own.
func BedrockPrices() Prices {
	sonnet := Price{Input: 3, Output: 15, CacheRead: 0.3, CacheWrite: 3.75}
	opus := Price{Input: 15, Output: 75}
	return Prices{
		"amazon.nova-micro-v1:0":                    {Input: 0.035, Output: 0.14, CacheRead: 0.00875, CacheWrite: 0.035},
		"amazon.nova-lite-v1:0":                     {Input: 0.06, Output: 0.24, CacheRead: 0.015, CacheWrite: 0.06},
		"amazon.nova-pro-v1:0":                      {Input: 0.8, Output: 3.2, CacheRead: 0.2, CacheWrite: 0.8},
		"anthropic.claude-3-haiku-20240307-v1:0":    {Input: 0.25, Output: 1.25},
		"anthropic.claude-3-5-haiku-20241022-v1:0":  {Input: 0.8, Output: 4},
		"anthropic.claude-3-5-sonnet-20240620-v1:0": sonnet,
		"anthropic.claude-3-5-sonnet-20241022-v2:0": sonnet,
		"anthropic.claude-3-7-sonnet-20250219-v1:0": sonnet,
		"anthropic.claude-sonnet-4-20250514-v1:0":   sonnet,
		"anthropic.claude-3-opus-20240229-v1:0":     opus,
		"anthropic.claude-opus-4-20250514-v1:0":     opus,
		"meta.llama3-3-70b-instruct-v1:0":           {Input: 0.72, Output: 0.72},
	}
}
