package mock

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/flowstone-go/flow/model"
)

// answer does what the step says, for Generate.
func (st step) answer(ctx context.Context, c *Call) (*model.Response, error) {
	if err := wait(ctx, st.delay); err != nil {
		return nil, err
	}
	if st.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if st.err != nil {
		return nil, st.err
	}
	return st.response(ctx, c)
}

// events does what the step says, for Stream.
func (st step) events(ctx context.Context, c *Call) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		whole := st
		if st.broken {
			whole.err = nil
		}
		resp, err := whole.answer(ctx, c)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		pieces, index := 0, st.chunked()
		for ev, err := range model.Events(resp) {
			parts := []model.Event{ev}
			if ev.Type == model.EventText && ev.Index == index {
				parts = st.split(ev)
			}
			for _, part := range parts {
				piece := part.Type == model.EventText || part.Type == model.EventToolInput || part.Type == model.EventReasoning
				switch {
				case st.broken && (pieces >= st.breaks || part.Type == model.EventEnd):
					err = st.err
				case piece && pieces > 0:
					err = wait(ctx, st.pace)
				}
				if piece {
					pieces++
				}
				if err != nil {
					yield(model.Event{}, err)
					return
				}
				if !yield(part, nil) {
					return
				}
			}
		}
	}
}

// chunked is the index of the block that comes in chunks, -1 for none.
func (st step) chunked() int {
	if st.chunks == nil {
		return -1
	}
	return slices.IndexFunc(st.content, func(c model.Content) bool { return c.Kind() == "text" })
}

func (st step) split(ev model.Event) []model.Event {
	events := make([]model.Event, len(st.chunks))
	for i, chunk := range st.chunks {
		events[i] = ev
		events[i].Text = chunk
	}
	return events
}

// response makes the response of the step's content, whole response or
// function, and fills what is left open.
func (st step) response(ctx context.Context, c *Call) (*model.Response, error) {
	resp := model.Response{Content: st.content}
	switch {
	case st.whole != nil:
		resp = *st.whole
	case st.do != nil:
		own := *c
		made, err := st.do(ctx, &own)
		if err != nil {
			return nil, err
		}
		if made == nil {
			return nil, errors.New("mock: the function of Do gave neither a response nor an error")
		}
		resp = *made
	}
	resp.Content = numbered(resp.Content, c)
	switch {
	case st.stop != "":
		resp.Stop = st.stop
	case resp.Stop == "" && len(resp.ToolUses()) > 0:
		resp.Stop = model.StopToolUse
	case resp.Stop == "":
		resp.Stop = model.StopEnd
	}
	switch {
	case st.usage != nil:
		resp.Usage = *st.usage
	case resp.Usage == model.Usage{}:
		resp.Usage = model.Usage{Input: model.EstimateTokens(c.Request), Output: resp.Content.EstimateTokens()}
	}
	if resp.Model == "" {
		resp.Model = c.Request.Model
	}
	if resp.Model == "" {
		resp.Model = c.model
	}
	return &resp, nil
}

// numbered gives tool calls without an ID one. The blocks of the script are not
// changed, since it may answer again.
func numbered(content model.Contents, c *Call) model.Contents {
	var own model.Contents
	for i, block := range content {
		u, ok := block.(*model.ToolUse)
		if !ok || u.ID != "" {
			continue
		}
		if own == nil {
			own = slices.Clone(content)
		}
		with := *u
		with.ID = "call_" + strconv.Itoa(len(c.Request.Messages)) + "_" + strconv.Itoa(i)
		own[i] = &with
	}
	if own == nil {
		return content
	}
	return own
}

// wait sleeps until d is over or the context is.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
