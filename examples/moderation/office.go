package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Office is where the moderators are.
type Office struct {
	out      io.Writer
	patience time.Duration
	queue    chan question
}

// question is a post that somebody is to decide on, and the token of the answer.
type question struct {
	post  Post
	token flow.Token
}

// escalate puts a post into the moderators' queue and does not wait.
func (o *Office) escalate(ctx context.Context, p Post, token flow.Token) error {
	select {
	case o.queue <- question{p, token}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (o *Office) publish(_ context.Context, p Post) error {
	_, err := fmt.Fprintf(o.out, "published %s\n", p.ID)
	return err
}

func (o *Office) hide(_ context.Context, p Post) error {
	_, err := fmt.Fprintf(o.out, "hidden    %s\n", p.ID)
	return err
}

// moderator answers what comes in, but for one post that she does not like to
// touch.
func moderator(ctx context.Context, desk *flow.Desk, queue <-chan question) error {
	for q := range queue {
		if q.post.ID == "post-4" {
			continue
		}
		if err := desk.Succeed(ctx, q.token, Decision{true, "Wanda"}); err != nil {
			return err
		}
	}
	return nil
}

func offline() model.Model {
	m := mock.New()
	m.When(mock.PromptHas("watches")).JSON(Label{"spam", 0.98})
	m.When(mock.PromptHas("recipe")).Throttle(1, 0).JSON(Label{"fine", 0.95})
	m.When().JSON(Label{"fine", 0.6}).Always().Maybe()
	return m
}

var posts = []Post{
	{"post-1", "My grandmother's recipe for plum cake."},
	{"post-2", "Cheap watches!!! Write to me."},
	{"post-3", "Selling my old bicycle, meet me at the lake."},
	{"post-4", "I know a trick to pay no rent."},
}
