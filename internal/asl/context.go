package asl

import (
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// contextOf makes the context object as the state of a frame sees it.
func contextOf(f *machine.Frame, item *machine.Item) any {
	if given := runOf(f).Context; given != nil {
		return given
	}
	about := f.Exec.Known()
	var role any
	if about.Role != "" {
		role = about.Role
	}
	execution := document.ObjectOf(
		document.Field{Key: "Id", Value: about.ID},
		document.Field{Key: "Input", Value: f.Exec.Input},
		document.Field{Key: "StartTime", Value: stamp(about.Started)},
		document.Field{Key: "Name", Value: about.Name},
		document.Field{Key: "RoleArn", Value: role},
	)
	if !runOf(f).NoRedrives {
		execution.Set("RedriveCount", float64(about.Redrives))
	}
	st := f.Current()
	name := st.Name
	if runOf(f).Alone {
		name = states.SingleState // whatever it is called: as AWS has it
	}
	state := document.ObjectOf(
		document.Field{Key: "Name", Value: name},
		document.Field{Key: "EnteredTime", Value: stamp(f.EnteredAt())},
	)
	switch st.Kind {
	case machine.Task, machine.Parallel, machine.Map:
		state.Set("RetryCount", float64(f.Attempt))
	}
	all := document.ObjectOf(
		document.Field{Key: "Execution", Value: execution},
		document.Field{Key: "StateMachine", Value: document.ObjectOf(
			document.Field{Key: "Id", Value: about.MachineID},
			document.Field{Key: "Name", Value: machineName(about.MachineID)},
		)},
		document.Field{Key: "State", Value: state},
	)
	if token := tokenOf(f); token != "" {
		all.Set("Task", document.ObjectOf(document.Field{Key: "Token", Value: token}))
	}
	if item != nil {
		all.Set("Map", document.ObjectOf(document.Field{Key: "Item", Value: itemContext(item)}))
	}
	return all
}

// tokenOf is what answers the attempt, in a state that waits for it; it is
// made when what the task is given first asks for it.
func tokenOf(f *machine.Frame) string {
	if st := f.Current(); f.Phase == machine.Beginning && st.Work != nil && st.Work.Awaits {
		return f.Expect()
	}
	return f.Token()
}

func itemContext(item *machine.Item) *document.Object {
	o := document.ObjectOf(
		document.Field{Key: "Index", Value: float64(item.Index)},
		document.Field{Key: "Value", Value: item.Value},
	)
	if item.Keyed {
		o.Set("Key", item.Key)
	}
	if item.Source != "" {
		o.Set("Source", item.Source)
	}
	return o
}

// stamp writes a time as the context object does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// machineName is the name of a state machine in its ARN; a child of a
// distributed Map has a label behind it.
func machineName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }
