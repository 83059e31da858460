package machine

import (
	"math"
	"testing"
	"time"
)

func TestDelay(t *testing.T) {
	for name, c := range map[string]struct {
		r    Retrier
		n    int
		want time.Duration
	}{
		"the first":            {Retrier{Interval: time.Second, Rate: 2}, 0, time.Second},
		"the fifth":            {Retrier{Interval: time.Second, Rate: 2}, 4, 16 * time.Second},
		"bounded":              {Retrier{Interval: time.Second, Rate: 2, MaxDelay: 5 * time.Second}, 4, 5 * time.Second},
		"the first is bounded": {Retrier{Interval: time.Minute, Rate: 2, MaxDelay: time.Second}, 0, time.Second},
		"no growth":            {Retrier{Interval: time.Second, Rate: 1}, 99, time.Second},
		"beyond all time":      {Retrier{Interval: time.Hour, Rate: 10}, 99, math.MaxInt64},
		"none":                 {Retrier{Rate: 2}, 5, 0},
	} {
		if got := Delay(&c.r, c.n); got != c.want {
			t.Errorf("%s: want %v, got %v", name, c.want, got)
		}
	}
}

func TestTolerance(t *testing.T) {
	for name, c := range map[string]struct {
		bound         Tolerance
		failed, items int
		want          bool
	}{
		"none failed":           {Tolerance{}, 0, 9, false},
		"nothing is tolerated":  {Tolerance{}, 1, 9, true},
		"as many as may":        {Tolerance{Count: 2, HasCount: true}, 2, 9, false},
		"one more":              {Tolerance{Count: 2, HasCount: true}, 3, 9, true},
		"the share that may":    {Tolerance{Percent: 50, HasPercent: true}, 2, 4, false},
		"a larger share":        {Tolerance{Percent: 50, HasPercent: true}, 3, 4, true},
		"either: by the count":  {Tolerance{Count: 1, HasCount: true, Percent: 90, HasPercent: true}, 2, 4, true},
		"either: by the share":  {Tolerance{Count: 9, HasCount: true, Percent: 10, HasPercent: true}, 1, 4, true},
		"a share of all is all": {Tolerance{Percent: 100, HasPercent: true}, 4, 4, false},
	} {
		if got := c.bound.Exceeded(c.failed, c.items); got != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}
