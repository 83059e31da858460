package offline_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/examples/internal/offline"
	"github.com/flowstone-go/flow/model"
)

const text = "The mill is a joy.\n\nThe mill grinds grain for the village. The village pays the mill in grain. Cats sleep there, it seems."

func ask(prompt string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(prompt)}}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prompt string
		json   bool
		want   string
	}{
		"as many sentences as it is asked for": {
			"Summarize in two sentences:\n\n" + text, false,
			"The mill grinds grain for the village. Cats sleep there, it seems.",
		},
		"three unless it is told": {
			"Summarize:\n\n" + text, false,
			"The mill grinds grain for the village. The village pays the mill in grain. Cats sleep there, it seems.",
		},
		"JSON where JSON is asked for": {
			"Summarize in 1 sentence.\n\n" + text, true,
			`{"text":"The mill grinds grain for the village.","sentiment":"positive","score":0.4}`,
		},
		"no instruction": {"Just a sentence is here.", false, "Just a sentence is here."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := ask(test.prompt)
			if test.json {
				req.Output = &model.Output{}
			}
			got, err := new(offline.Model).Generate(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			want := &model.Response{
				Model: "offline-extractive", Content: model.Contents{&model.Text{Text: test.want}}, Stop: model.StopEnd,
				Usage: model.Usage{Input: (len(test.prompt) + 3) / 4, Output: (len(test.want) + 3) / 4},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if test.json && !json.Valid([]byte(got.Text())) {
				t.Errorf("%s is not JSON", got.Text())
			}
		})
	}
}

// Each request is throttled as often as it was told, then it fails or answers.
func TestThrottleAndFail(t *testing.T) {
	t.Parallel()
	for _, fail := range []bool{false, true} {
		m := &offline.Model{Throttle: 2, Fail: fail}
		for _, prompt := range []string{"one", "another"} {
			for range 2 {
				_, err := m.Generate(t.Context(), ask(prompt))
				if !errors.Is(err, model.ErrThrottled) {
					t.Errorf("error %v, want a throttled call", err)
				}
			}
			_, err := m.Generate(t.Context(), ask(prompt))
			if want := fail; errors.Is(err, model.ErrFailed) != want || !fail && err != nil {
				t.Errorf("fail %t: error %v", fail, err)
			}
		}
	}
}

func TestRefusesNothingToAnswer(t *testing.T) {
	t.Parallel()
	m := new(offline.Model)
	if _, err := m.Generate(t.Context(), &model.Request{}); !errors.Is(err, model.ErrValidation) {
		t.Errorf("error %v, want a refused request", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Generate(ctx, ask(text)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the cancellation", err)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"two":                   {"One is here. Two is there!", []string{"One is here.", "Two is there!"}},
		"a heading is none":     {"Heading\n\nText follows.", []string{"Text follows."}},
		"the last without mark": {"It ends. Or does", []string{"It ends."}},
		"numbers":               {"It costs 4.5 pounds. Or 1,204.", []string{"It costs 4.5 pounds.", "Or 1,204."}},
		"times of day":          {"At 9 a.m. we open. At 6 p.m. we close.", []string{"At 9 a.m. we open.", "At 6 p.m. we close."}},
		"titles and initials":   {"Dr. Lia and P. J. Falk came. So did I. They left.", []string{"Dr. Lia and P. J. Falk came.", "So did I.", "They left."}},
		"closing quotes":        {"“It works.” He left (early.) Then night fell.", []string{"“It works.”", "He left (early.)", "Then night fell."}},
		"marks in a row":        {"Really?! Yes... Well… So.", []string{"Really?!", "Yes...", "Well…", "So."}},
		"list items":            {"- First thing.\n\n2. Second thing.", []string{"First thing.", "Second thing."}},
		"abroad":                {"Он пришёл. Ушёл он.", []string{"Он пришёл.", "Ушёл он."}},
		"nothing":               {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, offline.Sentences(test.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"The best day, wonderful and happy.":  "positive",
		"Thanks, it was not wrong.":           "positive",
		"It failed, then it broke, I am sad.": "negative",
		"It is not good, it isn't reliable.":  "negative",
		"The table has four legs.":            "neutral",
		"Good and bad.":                       "neutral",
		"":                                    "neutral",
	} {
		if score := offline.Score(text); offline.Mood(score) != want || score < -1 || score > 1 {
			t.Errorf("%q: score %v is %s, want %s", text, score, offline.Mood(score), want)
		}
	}
}

// Whatever the text, what is picked stands in it, in its order.
func FuzzExtract(f *testing.F) {
	f.Add(text, 2)
	f.Add("a. b. c.\n\n- d!", 9)
	f.Fuzz(func(t *testing.T, text string, n int) {
		rest := text
		picked := offline.Extract(text, n)
		if len(picked) > max(n, 1) {
			t.Errorf("%d sentences, wanted %d", len(picked), n)
		}
		for _, sentence := range picked {
			_, after, found := strings.Cut(rest, sentence)
			if !found {
				t.Fatalf("%q does not stand in %q", sentence, rest)
			}
			rest = after
		}
	})
}
