package flow

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Identity is who an execution of a parsed flow is, as its context object
// ($$, $states.context) tells. What is empty has the default that is named.
type Identity struct {
	// Account and Region stand in its ARNs: "123456789012", "us-east-1".
	Account, Region string
	// Machine is the name of the state machine: that of the flow.
	Machine string
	// Execution is its own name: a random one.
	Execution string
	// Role is the ARN of the role that it runs with: a role of the account with
	// the name of the state machine.
	Role string
	// Synchronous tells that an Express workflow was begun by StartSyncExecution.
	Synchronous bool
}

// Identify gives the executions of a parsed flow an identity.
func Identify(id Identity) Option {
	return option(func(s *settings) { s.identity = id })
}

// AsOf imitates AWS Step Functions as it was at a time; the zero time is today.
// Two things have changed since recordings began: until redrive came in
// November 2023 the context object had no RedriveCount, and until November 2024
// the event that leaves a distributed Map followed MapRunSucceeded rather than
// MapRunStarted.
func AsOf(t time.Time) Option { return option(func(s *settings) { s.asOf = t }) }

// PayloadLimit bounds what a state of a parsed flow puts out, in bytes of its
// JSON: more fails it with States.DataLimitExceeded. AWS Step Functions has
// 262,144. The default, 0, is no bound.
func PayloadLimit(n int) Option {
	return option(func(s *settings) {
		if n < 0 {
			s.fail("PayloadLimit(%d): 0 is no bound", n)
		}
		s.payloadLimit = n
	})
}

// EventLimit bounds the history of an execution, in events: the last of them
// is its failure with [ErrRuntime]. AWS Step Functions has 25,000. The default,
// 0, is no bound; fewer than 2 are none either.
func EventLimit(n int) Option {
	return option(func(s *settings) {
		if n < 0 {
			s.fail("EventLimit(%d): 0 is no bound", n)
		}
		s.drive.MaxEvents = int64(n)
		if n < 2 {
			s.drive.MaxEvents = 0
		}
	})
}

// When AWS Step Functions changed what AsOf speaks of.
var (
	redrives   = time.Date(2023, 11, 15, 0, 0, 0, 0, time.UTC)
	newMapRuns = time.Date(2024, 11, 1, 0, 0, 0, 0, time.UTC)
)

func (s *settings) before(t time.Time) bool { return !s.asOf.IsZero() && s.asOf.Before(t) }

// about is the identity of one execution of a parsed flow, and what it runs
// with.
func (s *settings) about(d *definition, started time.Time) *machine.About {
	id := s.identity
	if id.Machine == "" {
		id.Machine = d.name
	}
	if id.Account == "" {
		id.Account = "123456789012"
	}
	if id.Region == "" {
		id.Region = "us-east-1"
	}
	if id.Execution == "" {
		id.Execution = s.name
	}
	if id.Execution == "" {
		id.Execution = randomUUID()
	}
	if id.Role == "" {
		id.Role = "arn:aws:iam::" + id.Account + ":role/" + id.Machine
	}
	place := "arn:aws:states:" + id.Region + ":" + id.Account + ":"
	about := &machine.About{
		ID: place + "execution:" + id.Machine + ":" + id.Execution, Name: id.Execution, Role: id.Role,
		MachineID: place + "stateMachine:" + id.Machine, Started: started, OldMapRuns: s.before(newMapRuns),
	}
	if d.asl.express {
		about.ID = place + "express:" + id.Machine + ":" + id.Execution + ":" + randomUUID()
	}
	about.Data = &asl.Run{
		Ready: s.ready, Call: s.call, Worker: s.worker, Storage: s.storage, Limit: s.payloadLimit,
		Labels:     d.asl.label,
		Express:    d.asl.expressItems,
		NoRedrives: s.before(redrives) || d.asl.express && id.Synchronous,
	}
	return about
}

func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// mapRunOf names the run of a distributed Map.
func mapRunOf(f *machine.Frame) string {
	about := f.Exec.Known()
	label := labelOf(f)
	if label == "" {
		label = strings.ReplaceAll(randomUUID(), "-", "")
	}
	return strings.Replace(about.MachineID, ":stateMachine:", ":mapRun:", 1) + "/" + label + ":" + randomUUID()
}

func labelOf(f *machine.Frame) string {
	run, _ := f.Exec.Known().Data.(*asl.Run)
	if run == nil || run.Labels == nil {
		return ""
	}
	return run.Labels(f.Current())
}

// childOf gives the execution of an item of a distributed Map its identity.
func childOf(f *machine.Frame, _ *machine.Item, x *machine.Exec) {
	about := x.Known()
	run := f.Join.Run // …:mapRun:machine/label:uuid
	label, _, _ := strings.Cut(run[strings.LastIndexByte(run, '/')+1:], ":")
	about.Name = randomUUID()
	about.MachineID += "/" + label
	kind, tail := ":execution:", ""
	if run, ok := f.Exec.Known().Data.(*asl.Run); ok && run.Express(f.Current()) {
		kind, tail = ":express:", ":"+randomUUID()
	}
	about.ID = strings.Replace(about.MachineID, ":stateMachine:", kind, 1) + ":" + about.Name + tail
}

// prepared gives an execution of a parsed flow its identity.
func (s *settings) prepareASL(d *definition, x *drive.Exec) {
	started := time.Now()
	if s.stepping.Virtual && !s.stepping.From.IsZero() {
		started = s.stepping.From
	}
	x.About = s.about(d, started)
	if s.history != nil {
		s.history.execution = x.About.ID
	}
}

// timeLimit bounds a whole execution: RunTimeout, or the definition's own
// TimeoutSeconds; 0 is no bound.
func (s *settings) timeLimit(d *definition) time.Duration {
	if s.runTimeout > 0 {
		return s.runTimeout
	}
	return d.machine.Timeout
}
