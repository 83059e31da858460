package drive

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Desk holds the attempts that await an answer from outside, by token. It is
// safe for concurrent use.
type Desk struct {
	key     [32]byte // with which its tokens are signed
	mu      sync.Mutex
	waiting map[string]*answer
}

// NewDesk gives an empty desk.
func NewDesk() *Desk {
	d := &Desk{waiting: map[string]*answer{}}
	_, _ = rand.Read(d.key[:]) // never fails
	return d
}

// answer is what one token brings.
type answer struct {
	token  string
	thread *thread
	path   string
	args   any
	early  *machine.Completion // came before the call returned
	begun  time.Time
	beat   time.Time
}

// The errors of a desk.
var (
	ErrNoToken = errors.New("no attempt has this token")
	ErrLate    = errors.New("the attempt with this token has ended")
)

// newToken makes a token that this desk knows again when it has forgotten
// whose it was: a random number and its signature.
func (d *Desk) newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(b[:], d.sign(b[:])...))
}

func (d *Desk) sign(b []byte) []byte {
	mac := hmac.New(sha256.New, d.key[:])
	mac.Write(b)
	return mac.Sum(nil)[:16]
}

// unknown is the error for a token that is not waited for.
func (d *Desk) unknown(token string) error {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil && len(b) == 32 && hmac.Equal(d.sign(b[:16]), b[16:]) {
		return ErrLate
	}
	return ErrNoToken
}

func (d *Desk) expect(t *thread) string {
	now := t.x.Now()
	a := &answer{token: d.newToken(), thread: t, begun: now, beat: now, path: t.frame.Current().Path, args: t.frame.Args}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[a.token] = a
	t.answer = a
	return a.token
}

// forget drops the token of a thread that does not wait for it any more.
func (d *Desk) forget(t *thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop(t)
}

func (d *Desk) drop(t *thread) {
	if t.answer == nil {
		return
	}
	delete(d.waiting, t.answer.token)
	t.answer = nil
}

// Answer ends the attempt with this token.
func (d *Desk) Answer(token string, c machine.Completion) error {
	d.mu.Lock()
	a, ok := d.waiting[token]
	if !ok {
		d.mu.Unlock()
		return d.unknown(token)
	}
	if a.early != nil {
		d.mu.Unlock()
		return ErrLate
	}
	t := a.thread
	t.x.mu.Lock()
	if !t.rise() { // the call has not returned yet
		a.early = &c
		t.x.mu.Unlock()
		d.mu.Unlock()
		return nil
	}
	if t.timer != nil {
		t.timer.Stop()
	}
	t.x.mu.Unlock()
	d.drop(t)
	d.mu.Unlock()
	if t.step != nil {
		t.step.deliver(t, c)
		return nil
	}
	go t.run(c)
	return nil
}

// Beat tells that whoever has this token is at work on it.
func (d *Desk) Beat(token string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.waiting[token]
	if !ok {
		return d.unknown(token)
	}
	a.beat = a.thread.x.Now()
	a.thread.x.mu.Lock()
	defer a.thread.x.mu.Unlock()
	if a.thread.resting && a.thread.timer != nil {
		a.thread.timer.Reset(a.left(&a.thread.frame))
	}
	return nil
}

// await parks a thread until its token is answered; answered tells that it
// was already, or that the thread is to stop.
func (t *thread) await() (c machine.Completion, answered bool) {
	d := t.x.desk()
	d.mu.Lock()
	defer d.mu.Unlock()
	a := t.answer
	if a == nil { // a handler that answers later, in a state without a token
		d.mu.Unlock()
		t.frame.Expect()
		d.mu.Lock()
		a = t.answer
	}
	if a.early != nil {
		c = *a.early
		d.drop(t)
		return c, true
	}
	t.x.mu.Lock()
	defer t.x.mu.Unlock()
	if t.ctx.Err() != nil {
		d.drop(t)
		return machine.Completion{Answer: machine.Woke}, true
	}
	t.rest()
	if left := a.left(&t.frame); left >= 0 {
		if t.timer == nil {
			t.timer = time.AfterFunc(left, t.wake)
		} else {
			t.timer.Reset(left)
		}
	}
	return machine.Completion{}, false
}

// left is the time until the attempt times out; negative: never.
func (a *answer) left(f *machine.Frame) time.Duration {
	now := a.thread.x.Now()
	left := time.Duration(-1)
	timeout, heartbeat := f.Bounds()
	if timeout > 0 {
		left = max(0, timeout-now.Sub(a.begun))
	}
	if heartbeat > 0 {
		if beat := max(0, heartbeat-now.Sub(a.beat)); left < 0 || beat < left {
			left = beat
		}
	}
	return left
}

// expire ends the wait of a thread whose time is up and gives its failure.
func (d *Desk) expire(t *thread) *machine.Failure {
	d.mu.Lock()
	defer d.mu.Unlock()
	fail := &machine.Failure{Name: machine.TimedOut, Timer: true}
	if a := t.answer; a != nil {
		now := t.x.Now()
		timeout, _ := t.frame.Bounds()
		fail.Heartbeat = timeout <= 0 || now.Sub(a.begun) < timeout
	}
	d.drop(t)
	return fail
}

// Waiting lists what awaits an answer: the token, the state and what its work
// was given, and since when.
func (d *Desk) Waiting(each func(token, path string, args any, since time.Time)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for token, a := range d.waiting {
		each(token, a.path, a.args, a.begun)
	}
}
