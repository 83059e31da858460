package flow

import (
	"maps"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/model"
)

// Meter counts what executions use: tokens by state and by model, and
// transitions. The zero value is ready; it is given to Observe, for any number of
// executions at once:
//
//	var meter flow.Meter
//	out, err := f.Run(ctx, in, flow.Observe(meter.Observe))
//	fmt.Println(meter.Usage().Total(), "tokens")
type Meter struct {
	mu          sync.Mutex
	states      map[string]model.Usage
	models      map[string]model.Usage
	transitions int
	nodes       int
}

// Observe takes an event.
func (m *Meter) Observe(e Event) {
	entered := strings.HasSuffix(e.Type, "StateEntered")
	if !entered && e.Type != RetryScheduled && e.Type != ModelAnswered {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case entered:
		m.transitions++
		m.nodes++
	case e.Type == RetryScheduled:
		m.transitions++
	default:
		if m.states == nil {
			m.states, m.models = map[string]model.Usage{}, map[string]model.Usage{}
		}
		name := e.State
		if e.source != nil {
			name = speaker(e.source.State)
		}
		m.states[name] = m.states[name].Add(e.Usage)
		m.models[e.Model] = m.models[e.Model].Add(e.Usage)
	}
}

// Usage counts the tokens of all models.
func (m *Meter) Usage() model.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	var sum model.Usage
	for _, u := range m.models {
		sum = sum.Add(u)
	}
	return sum
}

// ByState counts the tokens by the name of the state that asked; those of an
// Agent, by the name of that.
func (m *Meter) ByState() map[string]model.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.states)
}

// ByModel counts the tokens by the model that answered.
func (m *Meter) ByModel() map[string]model.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.models)
}

// Cost is what the tokens cost by a price list, in US dollars. unpriced are the
// models that it does not know, whose tokens are not in the sum.
func (m *Meter) Cost(prices model.Prices) (dollars float64, unpriced []string) {
	for id, u := range m.ByModel() {
		price, ok := prices.Find(id)
		if !ok {
			unpriced = append(unpriced, id)
			continue
		}
		dollars += price.Cost(u)
	}
	return dollars, unpriced
}

// Transitions counts state transitions as Step Functions bills them: a state
// entered, and each retry.
func (m *Meter) Transitions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.transitions
}

// Prices of a transition in US dollars, in us-east-1 in 2026, the free tier left
// aside.
const (
	// StandardTransition is a state transition of a Standard workflow.
	StandardTransition = 0.000025
	// BedrockFlowsTransition is a node transition of Amazon Bedrock Flows.
	BedrockFlowsTransition = 0.000035
)

// TransitionCost is what the executions would have cost as Standard workflows of
// Step Functions, and as Bedrock Flows, beside what their tasks cost.
func (m *Meter) TransitionCost() (stepFunctions, bedrockFlows float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return float64(m.transitions) * StandardTransition, float64(m.nodes) * BedrockFlowsTransition
}
