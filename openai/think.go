package openai

import "strings"

// The marks around the reasoning of models, DeepSeek's and Qwen's among them, whose server leaves it in the text.
const (
	thinkMark = "<think>"
	endMark   = "</think>"
)

// thinker takes a leading piece of reasoning out of a text that comes in pieces.
type thinker struct {
	state thinkState
	held  string // what may be the beginning of a mark
}

type thinkState int

const (
	unsure   thinkState = iota // nothing but blanks and the beginning of the mark has come
	thinking                   // within the marks
	thought                    // behind them, where blanks are dropped
	answering
)

// take gives what is known of a piece: reasoning, and text behind it.
func (t *thinker) take(piece string) (reasoning, text string) {
	piece = t.held + piece
	t.held = ""
	if t.state == unsure {
		begun := strings.TrimLeft(piece, " \r\n\t")
		inner, ok := strings.CutPrefix(begun, thinkMark)
		switch {
		case ok:
			t.state, piece = thinking, inner
		case strings.HasPrefix(thinkMark, begun): // also before anything has come
			t.held = piece
			return "", ""
		default:
			t.state = answering
		}
	}
	if t.state == thinking {
		var ended bool
		if reasoning, piece, ended = strings.Cut(piece, endMark); !ended {
			n := markedEnd(reasoning)
			t.held = reasoning[len(reasoning)-n:]
			return reasoning[:len(reasoning)-n], ""
		}
		t.state = thought
	}
	if t.state == thought {
		if piece = strings.TrimLeft(piece, " \r\n\t"); piece == "" {
			return reasoning, ""
		}
		t.state = answering
	}
	return reasoning, piece
}

// rest gives what is held when nothing more comes.
func (t *thinker) rest() (reasoning, text string) {
	if t.state == thinking {
		return t.held, ""
	}
	return "", t.held
}

// markedEnd is how many bytes at the end of a text may be the beginning of the mark that ends reasoning.
func markedEnd(text string) int {
	for n := min(len(endMark)-1, len(text)); n > 0; n-- {
		if strings.HasPrefix(endMark, text[len(text)-n:]) {
			return n
		}
	}
	return 0
}

// think takes the reasoning out of a whole text.
func think(whole string) (reasoning, text string) {
	var t thinker
	reasoning, text = t.take(whole)
	more, left := t.rest()
	return reasoning + more, text + left
}
