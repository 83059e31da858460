package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// setPrice reads the flag -price: dollars for a million tokens, input and output.
func (o *options) setPrice(text string) error {
	input, output, found := strings.Cut(text, ",")
	if !found {
		return errors.New("want two prices, as in 3,15")
	}
	var price model.Price
	for _, part := range []struct {
		text string
		into *float64
	}{{input, &price.Input}, {output, &price.Output}} {
		v, err := strconv.ParseFloat(strings.TrimSpace(part.text), 64)
		if err != nil || !(v >= 0 && v < 1e9) {
			return fmt.Errorf("%q is not a price", part.text)
		}
		*part.into = v
	}
	o.price = &price
	return nil
}

// cost says what a meter's tokens cost: at the price of the command line, else
// by the price list of Amazon Bedrock.
func cost(m *flow.Meter, price *model.Price) string {
	prices := model.BedrockPrices()
	if price != nil {
		for id := range m.ByModel() {
			prices = prices.With(model.Prices{id: *price})
		}
	}
	dollars, unpriced := m.Cost(prices)
	text := fmt.Sprintf("%d + %d tokens, $%.4f", m.Usage().TotalInput(), m.Usage().Output, dollars)
	if len(unpriced) > 0 {
		text += " (no price is known of " + strings.Join(unpriced, ", ") + "; see -price)"
	}
	return text
}
