package main

import (
	"context"
	"errors"

	"github.com/flowstone-go/flow/examples/internal/offline"
	"github.com/flowstone-go/flow/model"
)

// chooseModel gives the model that the command line names, and says what it is.
func chooseModel(ctx context.Context, o options) (m model.Model, about string, err error) {
	about = "summarized by " + o.model.String()
	if o.model.Offline() {
		about = "offline: the summaries are sentences of the text, the mood a count of words (" + offline.Name + ")"
	} else if o.throttle > 0 || o.fail {
		return nil, "", errors.New("-throttle and -fail are for the offline model")
	}
	m, err = o.model.Open(ctx, &offline.Model{Throttle: o.throttle, Fail: o.fail})
	return m, about, err
}
