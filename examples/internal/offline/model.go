// Package offline has a model that needs no network and no credentials, so that
// every example runs as it is. It is no language model: it picks sentences out
// of a text and counts words of praise and complaint in it, and the name under
// which it answers says so. It can be told to be throttled and to fail.
package offline

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/model"
)

// Name is what the model calls itself in its answers.
const Name = "offline-extractive"

// Summary is the answer, in JSON if the request asks for JSON.
type Summary struct {
	Text      string  `json:"text"`      // sentences of the text, word by word, in its order
	Sentiment string  `json:"sentiment"` // "positive", "neutral" or "negative"
	Score     float64 `json:"score"`     // from -1 to 1
}

// Model summarizes. It takes the last message for an instruction, an empty line
// and a text; the instruction may say how many sentences it wants ("in two
// sentences"), otherwise it gets three. The zero value is ready, and safe for
// concurrent use.
type Model struct {
	// Throttle is how many times the model refuses each request as throttled
	// before it answers.
	Throttle int

	// Fail makes the model fail whatever it is asked, when it is not throttled.
	Fail bool

	mu    sync.Mutex
	seed  maphash.Seed
	asked map[uint64]int // by hash of the request's text
}

// Describe tells the model's name, and that its JSON is what was asked for.
func (m *Model) Describe() model.Description {
	return model.Description{Provider: "mock", Model: Name, StructuredOutput: true}
}

// Generate summarizes the text of the request's last message.
func (m *Model) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(req.Messages) == 0 {
		return nil, model.NewError("Model.Validation", "the request has no message", nil)
	}
	prompt := req.Messages[len(req.Messages)-1].Text()
	if n := m.visit(prompt); n <= m.Throttle {
		return nil, model.NewError("Model.Throttled", fmt.Sprintf("the offline model was told to refuse %d of %d", n, m.Throttle), nil)
	}
	if m.Fail {
		return nil, model.NewError("Model.Failed", "the offline model was told to fail", nil)
	}
	instruction, text, found := strings.Cut(prompt, "\n\n")
	if !found {
		instruction, text = "", prompt
	}
	score := Score(text)
	summary := Summary{
		Text:      strings.Join(Extract(text, wanted(instruction)), " "),
		Sentiment: Mood(score),
		Score:     score,
	}
	answer := summary.Text
	if req.Output != nil {
		data, err := json.Marshal(summary)
		if err != nil {
			return nil, err
		}
		answer = string(data)
	}
	return &model.Response{
		Model:   Name,
		Content: model.Contents{&model.Text{Text: answer}},
		Stop:    model.StopEnd,
		Usage:   model.Usage{Input: tokens(req.System.Text()) + tokens(prompt), Output: tokens(answer)},
	}, nil
}

// visit counts how often a prompt was asked, this time included.
func (m *Model) visit(prompt string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil {
		m.asked = map[uint64]int{}
		m.seed = maphash.MakeSeed()
	}
	key := maphash.String(m.seed, prompt)
	m.asked[key]++
	return m.asked[key]
}

// tokens estimates by the rule of thumb that a token is four characters.
func tokens(text string) int { return (len([]rune(text)) + 3) / 4 }

var counted = regexp.MustCompile(`(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) sentences?\b`)

// wanted is how many sentences an instruction asks for.
func wanted(instruction string) int {
	found := counted.FindStringSubmatch(instruction)
	if found == nil {
		return 3
	}
	for i, word := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"} {
		if strings.EqualFold(found[1], word) {
			return i + 1
		}
	}
	n, _ := strconv.Atoi(found[1])
	return max(n, 1)
}
