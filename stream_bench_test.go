package flow_test

import (
	"context"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// One million items, 16 at once, through a chain of two nodes: what counts is
// that the heap does not grow with the number of items. peak-MiB is the most
// that the heap has grown, garbage included.
func BenchmarkStream(b *testing.B) {
	const items = 1_000_000
	f := flow.New[any, flow.Streamed]("f").Then(
		flow.Stream[doc]("S",
			func(context.Context, any) (flow.Source[doc], error) {
				return flow.SourceFunc[doc](func(_ context.Context, cursor string) ([]doc, string, error) {
					at := len(cursor)
					page := make([]doc, 1000)
					for i := range page {
						page[i] = doc{ID: "a", N: at*1000 + i}
					}
					if at == items/1000-1 {
						return page, "", nil
					}
					return page, cursor + "x", nil
				}), nil
			},
			flow.Task("A", step), flow.Task("B", step)).Concurrency(16).
			Sink(func(_ context.Context, batch []flow.StreamItem[doc, doc]) error {
				isink += len(batch)
				return nil
			})).Must()
	for name, opts := range map[string][]flow.Option{"run": nil, "started": {flow.WithName("x")}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var peak uint64
			n := 0
			for b.Loop() {
				n++
				grown, stop := heapPeak()
				var out flow.Streamed
				var err error
				if opts == nil {
					out, err = f.Run(b.Context(), nil)
				} else {
					out, err = f.Start(b.Context(), nil, opts...).Wait(b.Context())
				}
				close(stop)
				if err != nil || out.Items != items {
					b.Fatal(out, err)
				}
				peak = max(peak, grown.Load())
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/items, "ns/item")
		})
	}
}

// heapPeak watches how much the heap grows until stop is closed.
func heapPeak() (grown *atomic.Uint64, stop chan struct{}) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	runtime.GC()
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	grown, stop = &atomic.Uint64{}, make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			if now := sample[0].Value.Uint64(); now > before && now-before > grown.Load() {
				grown.Store(now - before)
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return grown, stop
}
