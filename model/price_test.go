package model_test

import (
	"math"
	"testing"

	"github.com/flowstone-go/flow/model"
)

func TestCost(t *testing.T) {
	u := model.Usage{Input: 1e6, Output: 2e6, CacheRead: 1e6, CacheWrite: 3e6, CacheWriteLong: 1e6, Reasoning: 5e5}
	for _, c := range []struct {
		name string
		p    model.Price
		want float64
	}{
		{"every price", model.Price{Input: 3, Output: 15, CacheRead: 0.3, CacheWrite: 3.75, CacheWriteLong: 6}, 3 + 30 + 0.3 + 7.5 + 6},
		{"without prices for the cache", model.Price{Input: 1, Output: 2}, 1 + 4 + 1 + 3},
		{"without a price for the long cache", model.Price{Input: 1, Output: 2, CacheWrite: 2}, 1 + 4 + 1 + 6},
		{"free", model.Price{}, 0},
	} {
		if got := c.p.Cost(u); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFindPrice(t *testing.T) {
	list := model.BedrockPrices().With(model.Prices{"mine": {Input: 1}, "us.special": {Input: 2}, "special": {Input: 3}})
	for _, c := range []struct {
		id   string
		want float64
		ok   bool
	}{
		{"mine", 1, true},
		{"amazon.nova-lite-v1:0", 0.06, true},
		{"us.amazon.nova-lite-v1:0", 0.06, true},
		{"global.amazon.nova-pro-v1:0", 0.8, true},
		{"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", 0.06, true},
		{"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0", 0.06, true},
		{"us.special", 2, true},
		{"eu.special", 3, true},
		{"us.unknown", 0, false},
		{"", 0, false},
	} {
		if got, ok := list.Find(c.id); got.Input != c.want || ok != c.ok {
			t.Errorf("%q: got %v, %v", c.id, got, ok)
		}
	}
	if len(model.BedrockPrices().IDs()) != len(model.BedrockPrices()) || len(model.Prices(nil).With(list)) != len(list) {
		t.Error("prices are lost")
	}
}
