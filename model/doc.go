// Package model is what a workflow knows of a language model: a [Request] goes
// in, a [Response] comes out, and how that happens is a provider's business.
//
// # Providers
//
// A provider implements [Model], one method. What more it can do it says by
// optional interfaces: [Streamer] answers piece by piece, [TokenCounter] counts
// a request's tokens without answering it, [Describer] tells its name and
// limits. Callers use the functions [Stream], [CountTokens] and [Describe], which
// do for any model what can be done; the last two look through a [Wrapper],
// while a wrapper streams itself, since what it adds would be passed by else.
// Package modeltest proves that a provider keeps the rules.
//
// # Values
//
// Requests and responses are plain structs that survive a round trip through
// JSON (raw JSON inside them loses its blanks, nothing else): they can be
// logged, compared, recorded and replayed. A request is read-only for everybody
// it is handed to. Fields of a provider that have no place here go through
// Extra, on both sides.
//
// # Streams
//
// [Stream] gives a sequence of [Event]; [Collect] folds it into the response
// that Generate would have given, and [Collector] does the same beside a loop
// that looks at the events:
//
//	var c model.Collector
//	for ev, err := range model.Stream(ctx, m, req) {
//		if err != nil {
//			return err
//		}
//		if ev.Type == model.EventText {
//			fmt.Print(ev.Text)
//		}
//		c.Add(ev)
//	}
//	resp, err := c.Response()
//
// # Errors
//
// What a provider reports is an [*Error] with one of the names of [ErrorNames],
// by which Retry and Catch tell a throttled call from a refused one, and with
// the provider's own error inside.
package model
