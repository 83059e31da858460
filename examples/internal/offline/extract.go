package offline

import (
	"math"
	"slices"
	"strings"
)

// Extract picks up to n sentences that stand for a text, in the order in which
// the text has them.
//
// A sentence counts for the words that the text uses often; the words of a
// sentence that was picked count less for the next one, so that it says
// something new. Beginnings count a little more, and sentences of fewer than
// five words or more than fifty come last. A text without sentences gives its
// first paragraph.
func Extract(text string, n int) []string {
	sentences := Sentences(text)
	if len(sentences) == 0 {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	weight := frequencies(text)
	parts := make([][]string, len(sentences))
	for i, sentence := range sentences {
		parts[i] = words(sentence)
	}
	var picked []int
	for len(picked) < min(n, len(sentences)) {
		best, most := -1, math.Inf(-1)
		for i := range sentences {
			if slices.Contains(picked, i) {
				continue
			}
			if v := value(parts[i], i, weight); v > most {
				best, most = i, v
			}
		}
		picked = append(picked, best)
		for _, word := range parts[best] {
			weight[word] *= 0.3
		}
	}
	slices.Sort(picked)
	chosen := make([]string, len(picked))
	for i, index := range picked {
		chosen[i] = sentences[index]
	}
	return chosen
}

// frequencies is how often a text uses each word that carries meaning.
func frequencies(text string) map[string]float64 {
	weight := map[string]float64{}
	for _, word := range words(text) {
		if len(word) > 2 && !hollow[word] {
			weight[word]++
		}
	}
	return weight
}

func value(sentence []string, place int, weight map[string]float64) float64 {
	if len(sentence) == 0 {
		return -2
	}
	sum := 0.0
	for _, word := range sentence {
		sum += weight[word]
	}
	v := sum / math.Pow(float64(len(sentence)), 0.6)
	if place == 0 {
		v *= 1.2
	}
	if len(sentence) < 5 || len(sentence) > 50 {
		v -= 1000
	}
	return v
}

// hollow are words that every text uses often.
var hollow = set(`about above after again against all also although always among and another any anyone are around because been before being
	below between both but can cannot could did does doing done down during each either else every everyone everything few first for from further
	had has have having her here hers him his how however into its it's itself just last less like made make many may might more most much must near
	neither never next nobody none nor not nothing now off often once one only onto other others our ours out over own per quite rather same she should
	since some such than that the their theirs them then there these they this those three through thus too toward two under until upon very was well
	were what when where whether which while who whom whose why will with within without would yes yet you your yours`)

// Lead is the first n sentences of a text, in one paragraph; the whole text if
// it has no sentences.
func Lead(text string, n int) string {
	sentences := Sentences(text)
	if len(sentences) == 0 {
		return text
	}
	return strings.Join(sentences[:min(n, len(sentences))], " ")
}
