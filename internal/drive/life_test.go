package drive

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/flowstone-go/flow/internal/machine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newLife(parent context.Context) *life {
	l := &life{}
	l.begin(parent, &Exec{Exec: machine.Exec{Machine: &machine.Machine{}}})
	return l
}

func TestALifeEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancel(context.WithValue(t.Context(), placeKey{}, "v"))
		a, b := newLife(parent), newLife(parent)
		if a.Err() != nil || a.Value(placeKey{}) != "v" {
			t.Errorf("a fresh life: %v, %v", a.Err(), a.Value(placeKey{}))
		}
		child, stop := context.WithTimeout(a, time.Hour)
		defer stop()
		cancel()
		<-a.Done()
		<-b.Done()
		<-child.Done()
		synctest.Wait()
		if !errors.Is(a.Err(), context.Canceled) || !errors.Is(child.Err(), context.Canceled) {
			t.Errorf("ended by its parent: %v, child %v", a.Err(), child.Err())
		}
		if _, kept := watches.Load(parent); kept {
			t.Error("the watch of a context that has ended is kept")
		}
	})
}

func TestALifeEndsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancel(t.Context())
		defer cancel()
		a, b := newLife(parent), newLife(parent)
		var once sync.Mutex
		ran := map[string]int{}
		note := func(what string) func() {
			return func() { once.Lock(); defer once.Unlock(); ran[what]++ }
		}
		kept := context.AfterFunc(a, note("kept"))
		dropped := context.AfterFunc(a, note("dropped"))
		if !dropped() || dropped() {
			t.Error("a function is dropped once")
		}
		a.end(nil)
		a.end(nil)
		synctest.Wait()
		if kept() {
			t.Error("a function that has run can't be dropped")
		}
		context.AfterFunc(a, note("late"))
		synctest.Wait()
		if ran["kept"] != 1 || ran["dropped"] != 0 || ran["late"] != 1 {
			t.Errorf("ran %v", ran)
		}
		if parent.Err() != nil || b.Err() != nil {
			t.Error("the end of one life has ended another")
		}
		b.end(nil)
		if _, kept := watches.Load(parent); kept {
			t.Error("the watch is kept when the last life has ended")
		}
	})
}

func TestADeskKnowsItsTokens(t *testing.T) {
	d, other := NewDesk(), NewDesk()
	token := d.newToken()
	for name, c := range map[string]struct {
		desk  *Desk
		token string
		want  error
	}{
		"its own, no longer waited for": {d, token, ErrLate},
		"of another desk":               {other, token, ErrNoToken},
		"changed":                       {d, "A" + token[1:], ErrNoToken},
		"cut":                           {d, token[:10], ErrNoToken},
		"no token":                      {d, "?", ErrNoToken},
		"empty":                         {d, "", ErrNoToken},
	} {
		if name == "changed" && token[0] == 'A' {
			c.token = "B" + token[1:]
		}
		if err := c.desk.Succeed(c.token, 1); !errors.Is(err, c.want) {
			t.Errorf("%s: want %v, got %v", name, c.want, err)
		}
		if err := c.desk.Beat(c.token); !errors.Is(err, c.want) {
			t.Errorf("%s: a beat: want %v, got %v", name, c.want, err)
		}
	}
	if d.newToken() == token {
		t.Error("two tokens are equal")
	}
}
