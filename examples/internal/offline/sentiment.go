package offline

import (
	"math"
	"strings"
)

// Score is how a text feels, from -1 (all complaint) to 1 (all praise), by the
// words of a small lexicon. A word that is negated counts the other way round,
// and less.
func Score(text string) float64 {
	var good, bad float64
	list := words(text)
	for i, word := range list {
		weight := feeling(word)
		if weight == 0 {
			continue
		}
		if negated(list[max(0, i-3):i]) {
			weight *= -0.6
		}
		if weight > 0 {
			good += weight
		} else {
			bad -= weight
		}
	}
	return math.Round(100*(good-bad)/(good+bad+3)) / 100
}

// Mood names a score: within 0.2 of 0 it is neutral.
func Mood(score float64) string {
	switch {
	case score >= 0.2:
		return "positive"
	case score <= -0.2:
		return "negative"
	}
	return "neutral"
}

func negated(before []string) bool {
	for _, word := range before {
		if negators[word] || strings.HasSuffix(word, "n't") {
			return true
		}
	}
	return false
}

// feeling is the weight of a word: of itself, or of the word that it inflects.
func feeling(word string) float64 {
	for _, ending := range []string{"", "s", "d", "ed", "es", "ing", "ly"} {
		stem, ok := strings.CutSuffix(word, ending)
		switch {
		case !ok:
		case strong[stem] != 0:
			return strong[stem]
		case praise[stem]:
			return 1
		case complaint[stem]:
			return -1
		}
	}
	return 0
}

var (
	negators = set(`not no never nobody nothing neither nor without cannot hardly barely none`)

	praise = set(`admire agree appreciate beautiful benefit better calm careful celebrate cheerful clean comfort comfortable delight
		easy effective efficient elegant encourage enjoy excited fast fine fortunate fresh friendly fun gain generous gentle glad good
		grateful gratitude great grow happy harmless healthy helpful honest hope improve improvement lovely lucky nice patience peaceful
		pleasant pleased pleasure praise precise progress promise proud prize reliable relief robust safe simple smart smooth solved strong succeed
		success successful support thank thanks trust useful warm welcome won worth`)

	complaint = set(`abandon abuse afraid anger angry annoy annoyed anxious apologise apologize avoid bad blame break broke broken bug burden cancel
		careless cheat cold complain complaint confuse confusing crash cruel cut damage dangerous deaf delay deny difficult dirty disagree
		disaster disturb doubt error expensive expire expired fail failed failure false fault fear fire fraud furious guilty harm hate
		hurt ignore impatient impossible inconvenience incorrect injury insult lie lose loss lost mad mess miss mistake muted neglect
		nuisance outage overcharge pain painful poor postpone problem quarrel quiet refuse refused regret reject reset rude ruin sad scam scare severe
		shame sick slow sorry steal stolen strange stuck suffer suspicion terrible threat threaten threatened tired trouble ugly unable unfair unhappy
		unsafe upset useless violence weak weakness weaknesses warn waste worry worse wrong`)

	strong = map[string]float64{
		"best": 2, "wonderful": 2, "excellent": 2, "perfect": 2, "love": 2, "joy": 2, "fantastic": 2, "outstanding": 2, "brilliant": 2,
		"worst": -2, "awful": -2, "horrible": -2, "terrible": -2, "disgusting": -2, "disappointed": -2, "disappointing": -2, "furious": -2,
		"unacceptable": -2, "catastrophe": -2, "dangerous": -2,
	}
)
