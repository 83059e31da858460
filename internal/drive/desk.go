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
	used    map[string]struct{} // the tokens answered last, to know them again
	order   []string            // those in the order of their answers, a ring
	oldest  int
}

// remembered is how many answered tokens a desk knows as answered.
const remembered = 4096

// NewDesk gives an empty desk.
func NewDesk() *Desk {
	d := &Desk{waiting: map[string]*answer{}, used: map[string]struct{}{}}
	_, _ = rand.Read(d.key[:]) // never fails
	return d
}

// answer is what one token brings. What others read of the attempt stands
// here, since its frame belongs to whoever moves the thread.
type answer struct {
	token   string
	thread  *thread
	state   *machine.State
	path    string
	attempt int
	args    any
	bounds  [2]time.Duration // timeout, heartbeat
	early   reply            // came before the call returned; nil: none
	begun   time.Time
	beat    time.Time
	hears   func() // of a beat while the call is out
}

// reply makes the completion of an answered attempt; it is called by whoever
// moves the thread.
type reply func(t *thread) machine.Completion

// Accepter is a callee that looks at the answers to its tokens: it gives the
// value as the state takes it, or says why it is none.
type Accepter interface {
	Accept(v any) (any, error)
}

// The errors of a desk.
var (
	ErrNoToken = errors.New("no attempt has this token")
	ErrUsed    = errors.New("the attempt with this token has been answered before")
	ErrLate    = errors.New("the attempt with this token has ended without an answer")
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

// unknown is the error for a token that is not waited for. The desk is locked.
func (d *Desk) unknown(token string) error {
	b, err := base64.RawURLEncoding.DecodeString(token)
	switch _, used := d.used[token]; {
	case used:
		return ErrUsed
	case err == nil && len(b) == 32 && hmac.Equal(d.sign(b[:16]), b[16:]):
		return ErrLate
	}
	return ErrNoToken
}

// use remembers a token that was answered. The desk is locked.
func (d *Desk) use(token string) {
	d.used[token] = struct{}{}
	if len(d.order) < remembered {
		d.order = append(d.order, token)
		return
	}
	delete(d.used, d.order[d.oldest])
	d.order[d.oldest] = token
	d.oldest = (d.oldest + 1) % remembered
}

func (d *Desk) expect(t *thread) string {
	a := d.awaited(t)
	a.token = d.newToken()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[a.token] = a
	t.answer = a
	return a.token
}

// awaited describes the attempt of a thread.
func (d *Desk) awaited(t *thread) *answer {
	now := t.x.Now()
	f := &t.frame
	a := &answer{
		thread: t, begun: now, beat: now,
		state: f.Current(), path: f.Path(), attempt: int(f.Attempt), args: f.Args,
	}
	a.bounds[0], a.bounds[1] = f.Bounds()
	t.x.top().marks.set(kept)
	return a
}

// ask notes what an attempt that has a token is given and how long it may take:
// an expression that reads the token has it made before that is known.
func (d *Desk) ask(t *thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.answer.args = t.frame.Args
	t.answer.bounds[0], t.answer.bounds[1] = t.frame.Bounds()
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

// Succeed ends the attempt with this token well. The error is [ErrNoToken],
// [ErrUsed], [ErrLate], or what the state has against v.
func (d *Desk) Succeed(token string, v any) error {
	d.mu.Lock()
	a, err := d.find(token)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	if callee, ok := a.state.Work.Callee.(Accepter); ok {
		if v, err = callee.Accept(v); err != nil {
			return err
		}
	}
	return d.answer(token, func(t *thread) machine.Completion {
		if check := t.x.opts.Check; check != nil {
			var err error
			if v, err = check(&t.frame, func() (any, error) { return v, nil }); err != nil {
				return t.failing(err)
			}
		}
		return machine.Completion{Answer: machine.Returned, Value: v}
	})
}

// Fail ends the attempt with this token with an error, as if its work had
// returned it.
func (d *Desk) Fail(token string, err error) error {
	return d.answer(token, func(t *thread) machine.Completion { return t.failing(err) })
}

// failing is the completion of an attempt that ended with an error.
func (t *thread) failing(err error) machine.Completion {
	fail, _ := t.explain(err)
	return machine.Completion{Answer: machine.Raised, Fail: fail}
}

// find gives what waits under a token. The desk is locked.
func (d *Desk) find(token string) (*answer, error) {
	a, ok := d.waiting[token]
	switch {
	case !ok:
		return nil, d.unknown(token)
	case a.early != nil:
		return nil, ErrUsed
	case a.thread.stopped(): // it is about to find that it is to stop
		return nil, ErrLate
	}
	return a, nil
}

func (d *Desk) answer(token string, r reply) error {
	d.mu.Lock()
	a, err := d.find(token)
	if err != nil {
		d.mu.Unlock()
		return err
	}
	t := a.thread
	t.x.mu.Lock()
	if t.x.frozen {
		t.x.mu.Unlock()
		d.mu.Unlock()
		return ErrLate
	}
	d.use(token)
	if !t.rise() { // the call has not returned yet
		a.early = r
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
	if t.x.opts.step != nil {
		t.x.opts.step.deliver(t, r)
		return nil
	}
	go t.take(r)
	return nil
}

// Beat tells that whoever has this token is at work on it.
func (d *Desk) Beat(token string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.find(token)
	if err != nil {
		return err
	}
	a.beat = a.thread.x.Now()
	if a.hears != nil {
		a.hears()
	}
	a.thread.x.mu.Lock()
	defer a.thread.x.mu.Unlock()
	if a.thread.resting && a.thread.timer != nil {
		a.thread.timer.Reset(a.left())
	}
	return nil
}

// await parks a thread until its token is answered; answered tells that it
// was already, or that the thread is to stop.
func (t *thread) await() (c machine.Completion, answered bool) {
	d := t.x.desk()
	if t.answer == nil { // a handler that answers later, in a state without a token
		t.frame.Expect()
	}
	d.mu.Lock()
	a := t.answer
	if a.early != nil {
		d.drop(t)
		d.mu.Unlock()
		return a.early(t), true
	}
	defer d.mu.Unlock()
	t.x.mu.Lock()
	defer t.x.mu.Unlock()
	if t.stopped() {
		d.drop(t)
		return machine.Completion{Answer: machine.Woke}, true
	}
	t.rest()
	if left := a.left(); left >= 0 && t.x.opts.step == nil { // a stepper keeps the time itself
		if t.timer == nil {
			t.timer = time.AfterFunc(left, t.wake)
		} else {
			t.timer.Reset(left)
		}
	}
	return machine.Completion{}, false
}

// left is the time until the attempt times out; negative: never.
func (a *answer) left() time.Duration {
	now := a.thread.x.Now()
	left := time.Duration(-1)
	timeout, heartbeat := a.bounds[0], a.bounds[1]
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

// hear has beats at the desk passed on to a call that is out.
func (d *Desk) hear(t *thread, beat func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.answer != nil {
		t.answer.hears = beat
	}
}

// remaining is the time until the attempt of a thread times out; negative:
// never, or nothing is awaited.
func (d *Desk) remaining(t *thread) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.answer == nil {
		return -1
	}
	return t.answer.left()
}

// leave ends the wait of a thread: with the answer if one has come, in one
// step, so that none comes in between.
func (d *Desk) leave(t *thread) (machine.Completion, bool) {
	d.mu.Lock()
	a := t.answer
	d.drop(t)
	d.mu.Unlock()
	if a == nil || a.early == nil {
		return machine.Completion{}, false
	}
	return a.early(t), true
}

// expire ends the wait of a thread whose time is up: with its failure, or with
// the answer that came at the last moment.
func (d *Desk) expire(t *thread) machine.Completion {
	a := t.answer
	if c, answered := d.leave(t); answered {
		return c
	}
	fail := &machine.Failure{Name: machine.TimedOut, Timer: true}
	if a != nil {
		now := t.x.Now()
		timeout := a.bounds[0]
		fail.Heartbeat = timeout <= 0 || now.Sub(a.begun) < timeout
	}
	return machine.Completion{Answer: machine.Raised, Fail: fail}
}

// Awaited is an attempt that awaits an answer.
type Awaited struct {
	Token     string
	Execution string
	State     *machine.State
	Path      string // of the state, with the items around it
	Attempt   int
	Args      any
	Since     time.Time
	Beat      time.Time
	Timeout   time.Duration
	Heartbeat time.Duration
}

// Waiting lists what awaits an answer, in no order.
func (d *Desk) Waiting() []Awaited {
	d.mu.Lock()
	out := make([]Awaited, 0, len(d.waiting))
	execs := make([]*Exec, 0, len(d.waiting))
	for token, a := range d.waiting {
		if a.early != nil || a.thread.stopped() {
			continue // answered, or about to stop
		}
		out = append(out, Awaited{
			Token: token, State: a.state, Path: a.path, Attempt: a.attempt, Args: a.args,
			Since: a.begun, Beat: a.beat, Timeout: a.bounds[0], Heartbeat: a.bounds[1],
		})
		execs = append(execs, a.thread.x)
	}
	d.mu.Unlock()
	for i, x := range execs {
		out[i].Execution = x.Identity()
	}
	return out
}
