package main

import (
	"strings"
	"testing"
)

// Every contender does the work that its table says: what it gives is looked
// at in each measurement, here without measuring.
func TestContenders(t *testing.T) {
	for _, wl := range workloads() {
		bases := 0
		for _, c := range wl.who {
			if c.name == wl.base {
				bases++
			}
			t.Run(wl.letter+"/"+c.name, func(t *testing.T) {
				loop, err := c.prepare(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range []int{1, 3} {
					if _, err := once(t.Context(), loop, wl.want, n); err != nil {
						t.Errorf("%d times: %v", n, err)
					}
				}
			})
		}
		if bases != 1 {
			t.Errorf("(%s) %s has %d contenders named %s", wl.letter, wl.title, bases, wl.base)
		}
	}
}

func TestCrowds(t *testing.T) {
	var b strings.Builder
	if _, err := crowds(t.Context(), &b, 50); err != nil {
		t.Fatal(err)
	}
	table := b.String()
	for _, c := range waiters() {
		if !strings.Contains(table, "| "+c.name+" |") {
			t.Errorf("no line for %s in\n%s", c.name, table)
		}
	}
	if !strings.Contains(table, "| 0.00 | Start of a flow of one Wait |") {
		t.Errorf("an execution that waits holds a goroutine:\n%s", table)
	}
}
