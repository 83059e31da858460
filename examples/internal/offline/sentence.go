package offline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences parts a text into its sentences. Paragraphs, which an empty line
// parts, have sentences of their own; a paragraph that does not end like a
// sentence (a heading, a row of a table) ends in none. Each sentence stands in
// the text word by word.
func Sentences(text string) []string {
	var sentences []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		sentences = append(sentences, inParagraph(strings.TrimSpace(paragraph))...)
	}
	return sentences
}

// marker is what a list puts before an item.
var marker = regexp.MustCompile(`^([-*+•>]|\d{1,3}[.)])\s+`)

func inParagraph(text string) []string {
	var sentences []string
	text = text[len(marker.FindString(text)):]
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !strings.ContainsRune(".!?…", r) {
			continue
		}
		mark := i - n
		for i < len(text) { // further marks, then closing quotes and brackets
			r, n := utf8.DecodeRuneInString(text[i:])
			if !strings.ContainsRune(".!?…\"'”’»)]", r) {
				break
			}
			i += n
		}
		if i == len(text) || text[i] == ' ' && ends(text[start:mark], r, text[i+1:]) {
			sentences = append(sentences, strings.TrimSpace(text[start:i]))
			start = i
		}
	}
	return sentences
}

// ends tells whether a mark between two texts ends a sentence: what follows
// begins like one, and a full stop does not belong to an abbreviation.
func ends(before string, mark rune, after string) bool {
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, "\"'“„‘«(["))
	if unicode.IsLower(next) || next == utf8.RuneError {
		return false
	}
	if mark != '.' {
		return true
	}
	word := before[strings.LastIndexByte(before, ' ')+1:]
	word = strings.TrimLeft(word, "\"'“„‘«([")
	if abbreviations[strings.ToLower(word)] {
		return false
	}
	initial := utf8.RuneCountInString(word) == 1 && unicode.IsUpper([]rune(word)[0]) && word != "I"
	return !initial
}

// abbreviations are words whose full stop is followed by what they belong to.
var abbreviations = set(`mr mrs ms dr prof sr jr st mt no nos vol vols fig figs art arts p pp par sec ch eq ed eds vs cf al
	approx ca e.g i.e gen col capt lt sgt rev hon gov sen rep dept inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec`)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		s[word] = true
	}
	return s
}

// words are the words of a text in lower case, without punctuation.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}
