package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/flowstone-go/flow"
)

const (
	streamCount = 1_000_000
	pageSize    = 1000
)

// page gives the items of a page, and whether it is the last.
func page(number int) (list []int, last bool) {
	list = make([]int, pageSize)
	for i := range list {
		list[i] = number*pageSize + i
	}
	return list, number == streamCount/pageSize-1
}

// streamSum is the sum of what the items become.
func streamSum() int {
	sum := 0
	for i := range streamCount {
		sum += i * i
	}
	return sum
}

// pipeline is hand-written: one reads pages, sixteen work, one sums up, in
// whichever order the items become ready.
func pipeline(ctx context.Context) (int, error) {
	const workers = 16
	in, out := make(chan int, 4*workers), make(chan int, 4*workers)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(in)
		for number, last := 0, false; !last; number++ {
			var list []int
			list, last = page(number)
			for _, x := range list {
				select {
				case in <- x:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	working, ctxWork := errgroup.WithContext(ctx)
	for range workers {
		working.Go(func() error {
			for x := range in {
				y, err := square(ctxWork, x)
				if err != nil {
					return err
				}
				select {
				case out <- y:
				case <-ctxWork.Done():
					return ctxWork.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(out)
		return working.Wait()
	})
	sum := 0
	for y := range out {
		sum += y
	}
	return sum, g.Wait()
}

// streaming gives a flow over a million items that tells the sum.
func streaming(unordered bool) func(ctx context.Context) (int, error) {
	type key struct{} // of the sum, a *int
	s := flow.Stream[int]("S", func(context.Context, int) (flow.Source[int], error) {
		number := 0
		return flow.SourceFunc[int](func(context.Context, string) ([]int, string, error) {
			list, last := page(number)
			number++
			if last {
				return list, "", nil
			}
			return list, fmt.Sprint(number), nil
		}), nil
	}, flow.Task("Square", square)).Concurrency(16).Sink(func(ctx context.Context, batch []flow.StreamItem[int, int]) error {
		total, ok := ctx.Value(key{}).(*int)
		if !ok {
			return fmt.Errorf("no sum in the context")
		}
		for i := range batch {
			*total += batch[i].Output
		}
		return nil
	})
	if unordered {
		s.Unordered()
	}
	f := flow.New[int, flow.Streamed]("stream").Then(s).Must()
	return func(ctx context.Context) (int, error) {
		total := 0
		done, err := f.Run(context.WithValue(ctx, key{}, &total), 0)
		if err == nil && done.Items != streamCount {
			err = fmt.Errorf("%d items", done.Items)
		}
		return total, err
	}
}

func streams() workload {
	return workload{
		letter: "m", title: "One million streamed items, 16 at once", want: streamSum(), base: hand, per: streamCount, unit: "item",
		who: []contender{
			{name: hand, note: "channels, sixteen workers; results come in any order", prepare: ready(mapping(pipeline))},
			{name: ours, note: "results in the order of the items", prepare: ready(mapping(streaming(false)))},
			{name: "flow, unordered", prepare: ready(mapping(streaming(true)))},
		},
	}
}
