package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Shop has the orders, the handbook and the people.
type Shop struct {
	orders  map[string]Order
	manager func(Order) bool
	desk    *flow.Desk
}

func newShop(desk *flow.Desk) *Shop {
	return &Shop{
		orders:  map[string]Order{"o-17": {"o-17", 9.5}, "o-18": {"o-18", 240}, "o-19": {"o-19", 1900}},
		manager: func(o Order) bool { return o.Amount < 1000 },
		desk:    desk,
	}
}

// errNoOrder is a ticket that names no order that we know.
var errNoOrder = errors.New("there is no such order")

func (s *Shop) order(_ context.Context, t Ticket) (Order, error) {
	order, ok := s.orders[t.OrderID]
	if !ok {
		return order, fmt.Errorf("ticket %s, order %q: %w", t.ID, t.OrderID, errNoOrder)
	}
	return order, nil
}

// askManager would send a mail with a link that has the token in it; the manager
// answers at once here.
func (s *Shop) askManager(ctx context.Context, o Order, token flow.Token) error {
	return s.desk.Succeed(ctx, token, s.manager(o))
}

// pay pays a refund. The key stays the same if the payment is tried again, so
// that nobody is paid twice.
func (s *Shop) pay(ctx context.Context, o Order) (Reply, error) {
	if state, ok := flow.StateOf(ctx); !ok || state.Key == "" {
		return Reply{}, errors.New("a payment without a key")
	}
	return Reply{fmt.Sprintf("We have paid %.2f back.", o.Amount), "the shop"}, nil
}

func (s *Shop) lookUp(context.Context, Ticket) (string, error) {
	return "Blankets: 30 degrees, inside out.", nil
}

func (s *Shop) human(_ context.Context, t Ticket) (Reply, error) {
	return Reply{"A colleague will write to you.", "a person, soon"}, nil
}

func toneOf(_ context.Context, t Ticket) (string, error) {
	if strings.Contains(t.Text, "!") {
		return "calm", nil
	}
	return "friendly", nil
}

func askForOrder(ctx context.Context, t Ticket) (Reply, error) {
	return Reply{"Which order is it about?", "the shop: " + flow.Caught(ctx).Cause}, nil
}

func refuse(_ context.Context, o Order) (Reply, error) {
	return Reply{"We are sorry, order " + o.ID + " can't be returned.", "the manager"}, nil
}

// offline is a model that answers from a script.
func offline() model.Model {
	m := mock.New()
	m.When(mock.PromptHas("Answer in a")).JSON(Reply{"Wash it at 30 degrees, inside out.", "the model"}).Always().Maybe()
	m.When(mock.PromptHas("back")).JSON(Intent{"refund"}).Always().Maybe()
	m.When(mock.PromptHas("How")).Throttle(1, 2*time.Second).JSON(Intent{"question"}).Always().Maybe()
	m.When().JSON(Intent{"other"}).Always().Maybe()
	return m
}

var tickets = []Ticket{
	{"t-1", "o-17", "I want my money back for the mug, it came broken."},
	{"t-2", "o-18", "Please take the armchair back, it is too large."},
	{"t-3", "o-19", "I changed my mind about the sofa and want my money back."},
	{"t-4", "", "Money back, please!"},
	{"t-5", "", "How do I wash the blue blanket?"},
	{"t-6", "", "I would like to work for you."},
}
