package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/flowstone-go/flow"
)

func anyText(context.Context, any) (string, error) { return "", nil }

func anyAny(_ context.Context, v any) (any, error) { return v, nil }

// sub is a flow that is called.
var sub = flow.New[any, any]("sub").Then(
	flow.Pass("Begin").Assign(flow.Set(rounds, 0)),
	flow.Pass("Round").Assign(flow.Add(rounds, 2)),
).Must()

// states are the States of what a flow with these nodes is exported to.
func states(t *testing.T, opts []flow.ExportOption, nodes ...flow.Node) string {
	t.Helper()
	f, err := flow.New[any, any]("f").Then(nodes...).Build()
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.ASL(opts...)
	if err != nil {
		t.Fatal(err)
	}
	head := `{"Comment":"f","StartAt":"` + strings.SplitN(string(text), `"`, 9)[7] + `","States":`
	rest, ok := strings.CutPrefix(string(text), head)
	if !ok {
		t.Fatalf("it begins otherwise: %s", text)
	}
	return strings.ReplaceAll(strings.TrimSuffix(rest, "}"), "arn:aws:lambda:us-east-1:123456789012:function:", "λ:")
}

func TestASL(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 500, time.FixedZone("", 3600))
	when := flow.At[time.Time]("$.when")
	for _, c := range []struct {
		name  string
		nodes []flow.Node
		want  string
	}{
		{
			"conditions",
			[]flow.Node{flow.Choice("C").
				When(flow.And(flow.Eq(id, "a"), flow.NotEq(total, 1.5), flow.True(flow.At[bool]("$.ok"))), flow.Succeed("S1")).
				When(flow.Or(flow.Less(id, "b"), flow.AtMost(total, 2), flow.More(total, 3), flow.AtLeast(total, 4)), flow.Succeed("S2")).
				When(flow.Not(flow.Like(id, `a*\*`)), flow.Succeed("S3")).
				When(flow.And(flow.Present(id), flow.IsNull(id), flow.IsString(id), flow.IsNumber(id), flow.IsBool(id), flow.IsTime(id)), flow.Succeed("S4")).
				When(flow.And(flow.EqRef(id, note), flow.LessRef(total, total), flow.AtMostRef(id, note), flow.BeforeRef(when, when)), flow.Succeed("S5")).
				When(flow.And(flow.Before(when, at), flow.After(when, at), flow.SameTime(when, at))).
				Otherwise()},
			`{"C":{"Type":"Choice","Choices":[` +
				`{"And":[{"Variable":"$.id","StringEquals":"a"},{"Not":{"Variable":"$.total","NumericEquals":1.5}},{"Variable":"$.ok","BooleanEquals":true}],"Next":"S1"},` +
				`{"Or":[{"Variable":"$.id","StringLessThan":"b"},{"Variable":"$.total","NumericLessThanEquals":2},{"Variable":"$.total","NumericGreaterThan":3},{"Variable":"$.total","NumericGreaterThanEquals":4}],"Next":"S2"},` +
				`{"Not":{"Variable":"$.id","StringMatches":"a*\\*"},"Next":"S3"},` +
				`{"And":[{"Variable":"$.id","IsPresent":true},{"Variable":"$.id","IsNull":true},{"Variable":"$.id","IsString":true},{"Variable":"$.id","IsNumeric":true},{"Variable":"$.id","IsBoolean":true},{"Variable":"$.id","IsTimestamp":true}],"Next":"S4"},` +
				`{"And":[{"Variable":"$.id","StringEqualsPath":"$.note"},{"Variable":"$.total","NumericLessThanPath":"$.total"},{"Variable":"$.id","StringLessThanEqualsPath":"$.note"},{"Variable":"$.when","TimestampLessThanPath":"$.when"}],"Next":"S5"},` +
				`{"And":[{"Variable":"$.when","TimestampLessThan":"2026-03-01T12:00:00.0000005+01:00"},{"Variable":"$.when","TimestampGreaterThan":"2026-03-01T12:00:00.0000005+01:00"},{"Variable":"$.when","TimestampEquals":"2026-03-01T12:00:00.0000005+01:00"}],"Next":"End"}],"Default":"End"},` +
				`"S1":{"Type":"Succeed"},"S2":{"Type":"Succeed"},"S3":{"Type":"Succeed"},"S4":{"Type":"Succeed"},"S5":{"Type":"Succeed"},"End":{"Type":"Succeed"}}`,
		},
		{
			"conditions in JSONata",
			[]flow.Node{flow.Pass("Begin").Assign(flow.Set(rounds, 0)), flow.Choice("C").
				When(flow.And(flow.Eq(id.Or("x"), "a"), flow.Like(flow.At[string]("$.a['b c']"), `x/*`)), flow.Succeed("S1")).
				When(flow.Or(flow.NotEq(rounds, 3), flow.Not(flow.Present(id)), flow.IsNumber(id), flow.Before(when, at)), flow.Succeed("S2")).
				Otherwise(flow.Succeed("S3"))},
			`{"Begin":{"Type":"Pass","Assign":{"rounds":0},"Next":"C"},"C":{"Type":"Choice","QueryLanguage":"JSONata","Choices":[` +
				`{"Condition":"{% (($exists($states.input.id) ? $states.input.id : \"x\") = \"a\" and $contains($states.input.a.` + "`b c`" + `, /^x\\/[\\s\\S]*$/)) %}","Next":"S1"},` +
				`{"Condition":"{% ($rounds != 3 or $not($exists($states.input.id)) or $type($states.input.id) = \"number\" or $toMillis($states.input.when) < $toMillis(\"2026-03-01T12:00:00.0000005+01:00\")) %}","Next":"S2"}],"Default":"S3"},` +
				`"S1":{"Type":"Succeed"},"S2":{"Type":"Succeed"},"S3":{"Type":"Succeed"}}`,
		},
		{
			"parts",
			[]flow.Node{flow.Pass("Begin").Assign(flow.Set(rounds, 0)), flow.Task("T", anyText).From(flow.Make[any](flow.Parts{
				"id": id, "all": []any{1, flow.Parts{"x": total}}, "fixed": "EUR", "who": flow.Expr[string]("$$.Execution.Name"), "n": flow.Const(2), "of": flow.Parts{"rounds": rounds},
			})).Into(note)},
			`{"Begin":{"Type":"Pass","Assign":{"rounds":0},"Next":"T"},"T":{"Type":"Task","Parameters":{"all":[1,{"x.$":"$.total"}],"fixed":"EUR","id.$":"$.id","n":2,"of":{"rounds.$":"$rounds"},"who.$":"$$.Execution.Name"},"Resource":"λ:T","ResultPath":"$.note","End":true}}`,
		},
		{
			"parts in JSONata",
			[]flow.Node{flow.Task("T", anyText).From(flow.Make[any](flow.Parts{"id": id.Or("none"), "list": []any{total, "x"}}))},
			`{"T":{"Type":"Task","QueryLanguage":"JSONata","Arguments":"{% {\"id\": ($exists($states.input.id) ? $states.input.id : \"none\"), \"list\": [$states.input.total, \"x\"]} %}","Resource":"λ:T","End":true}}`,
		},
		{
			"select",
			[]flow.Node{
				flow.Task("Part", anyAny).Select(flow.At[any]("$.Payload")), flow.Task("Parts", anyAny).Select(flow.Make[any](flow.Parts{"id": id, "was": rounds.Or(0)})).Into(flow.At[any]("$.r")),
				flow.Task("Made", anyAny).Select(flow.Make[any](flow.Parts{"id": id})).Into(flow.At[any]("$.r")), flow.Task("Put", anyAny).Select(flow.At[any]("$.id")).Into(flow.At[any]("$.note")),
			},
			`{"Part":{"Type":"Task","Resource":"λ:Part","OutputPath":"$.Payload","Next":"Parts"},` +
				`"Parts":{"Type":"Task","QueryLanguage":"JSONata","Resource":"λ:Parts","Output":"{% $merge([$states.input, {\"r\": {\"id\": $states.result.id, \"was\": ($exists($rounds) ? $rounds : 0)}}]) %}","Next":"Made"},` +
				`"Made":{"Type":"Task","Resource":"λ:Made","ResultSelector":{"id.$":"$.id"},"ResultPath":"$.r","Next":"Put"},` +
				`"Put":{"Type":"Task","QueryLanguage":"JSONata","Resource":"λ:Put","Output":"{% $merge([$states.input, {\"note\": $states.result.id}]) %}","End":true}}`,
		},
		{
			"give",
			[]flow.Node{
				flow.Give("Fixed", flow.Const(order{ID: "o"})), flow.Give("Move", id).Into(note),
				flow.Give("Made", flow.Make[any](flow.Parts{"id": id})).Into(flow.At[any]("$.made")), flow.Give("Default", id.Or("x")).Into(note),
			},
			`{"Fixed":{"Type":"Pass","Result":{"id":"o","lines":null,"total":0},"Next":"Move"},"Move":{"Type":"Pass","InputPath":"$.id","ResultPath":"$.note","Next":"Made"},` +
				`"Made":{"Type":"Pass","Parameters":{"id.$":"$.id"},"ResultPath":"$.made","Next":"Default"},` +
				`"Default":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $merge([$states.input, {\"note\": ($exists($states.input.id) ? $states.input.id : \"x\")}]) %}","End":true}}`,
		},
		{
			"gather",
			[]flow.Node{flow.Gather[string]("G", flow.Task("A", anyText), flow.Branch("B", flow.Pass("P"), flow.Task("A", anyText))).From(id).Into(flow.At[[]string]("$.all")), flow.Pass("A")},
			`{"G":{"Type":"Parallel","InputPath":"$.id","Branches":[{"StartAt":"G/A","States":{"G/A":{"Type":"Task","Resource":"λ:G-A","End":true}}},` +
				`{"StartAt":"P","States":{"P":{"Type":"Pass","Next":"G/B/A"},"G/B/A":{"Type":"Task","Resource":"λ:G-B-A","End":true}}}],"ResultPath":"$.all","Next":"A"},"A":{"Type":"Pass","End":true}}`,
		},
		{
			"a parallel that writes deep",
			[]flow.Node{flow.Parallel("P", flow.Task("A", anyText).Into(flow.At[string]("$.x.a")), flow.Task("B", anyText).Into(note))},
			`{"P":{"Type":"Parallel","QueryLanguage":"JSONata","Branches":[{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"λ:P-A","ResultPath":"$.x.a","End":true}}},{"StartAt":"B","States":{"B":{"Type":"Task","Resource":"λ:P-B","ResultPath":"$.note","End":true}}}],` +
				`"Output":"{% ($document := $states.input; $document := $exists($states.result[0].x.a) ? $merge([$document, {\"x\": $merge([$document.x, {\"a\": $states.result[0].x.a}])}]) : $document; ` +
				`$document := $exists($states.result[1].note) ? $merge([$document, {\"note\": $states.result[1].note}]) : $document; $document) %}","End":true}}`,
		},
		{
			"a call and its variables",
			[]flow.Node{flow.Pass("Begin").Assign(flow.Set(rounds, 1)), flow.Call("Sub", sub).Into(flow.At[any]("$.sub"))},
			`{"Begin":{"Type":"Pass","Assign":{"rounds":1},"Next":"Sub"},"Sub":{"Type":"Parallel","QueryLanguage":"JSONata","Branches":[{"StartAt":"Sub/Begin","States":{` +
				`"Sub/Begin":{"Type":"Pass","Assign":{"rounds2":0},"Next":"Round"},"Round":{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"rounds2":"{% $exists($rounds2) ? $rounds2 + 2 : 2 %}"},"End":true}}}],` +
				`"Output":"{% $merge([$states.input, {\"sub\": $states.result[0]}]) %}","End":true}}`,
		},
		{
			"waits",
			[]flow.Node{flow.WaitUntil("A", when), flow.WaitFor("B", flow.At[time.Duration]("$.d")), flow.WaitUntilTime("C", at), flow.Wait("D", 0)},
			`{"A":{"Type":"Wait","TimestampPath":"$.when","Next":"B"},"B":{"Type":"Wait","QueryLanguage":"JSONata","Seconds":"{% $ceil($states.input.d / 1000000000) %}","Next":"C"},` +
				`"C":{"Type":"Wait","Timestamp":"2026-03-01T11:00:00.0000005Z","Next":"D"},"D":{"Type":"Wait","Seconds":0,"End":true}}`,
		},
		{
			"bounds, retries and catches",
			[]flow.Node{flow.Task("T", anyText).Timeout(time.Minute).Heartbeat(5*time.Second).
				Retry(flow.Retry{On: flow.On(namedError{"A.B"}, flow.ErrTimeout), Interval: 2 * time.Second, MaxAttempts: flow.Never, BackoffRate: 1.5, MaxDelay: time.Minute, FullJitter: true}, flow.Retry{}).
				Catch(flow.On(namedError{"A.B"}).Into(failure), flow.Pass("P")).Catch(flow.ErrAll, flow.Fail("F", "", "")).
				Assign(flow.SetFrom(flow.Var[string]("s"), flow.Result[string]()), flow.Set(flow.Var[any]("k"), any(map[string]any{"a": 1}))).Into(note)},
			`{"T":{"Type":"Task","Resource":"λ:T","TimeoutSeconds":60,"HeartbeatSeconds":5,"ResultPath":"$.note","Assign":{"s.$":"$","k":{"a":1}},` +
				`"Retry":[{"ErrorEquals":["States.Timeout","A.B"],"IntervalSeconds":2,"MaxAttempts":0,"BackoffRate":1.5,"MaxDelaySeconds":60,"JitterStrategy":"FULL"},{"ErrorEquals":["States.ALL"]}],` +
				`"Catch":[{"ErrorEquals":["A.B"],"ResultPath":"$.failure","Next":"P"},{"ErrorEquals":["States.ALL"],"ResultPath":null,"Next":"F"}],"End":true},"P":{"Type":"Pass","End":true},"F":{"Type":"Fail"}}`,
		},
		{
			"callback",
			[]flow.Node{flow.Callback[string]("Ask", func(context.Context, any, flow.Token) error { return nil }).From(flow.At[any]("$.q")).Into(note)},
			`{"Ask":{"Type":"Task","InputPath":"$.q","Parameters":{"FunctionName":"λ:Ask","Payload":{"input.$":"$","token.$":"$$.Task.Token"}},"Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","ResultPath":"$.note","End":true}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := states(t, nil, c.nodes...)
			if sortedText(t, got) != sortedText(t, c.want) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestASLNamesResources(t *testing.T) {
	arn := "arn:aws:states:eu-central-1:111122223333:activity:ask"
	got := states(t, []flow.ExportOption{nil, flow.ExportResource(func(path string) string {
		return map[string]string{"M/A": arn}[path]
	})}, flow.Map[string]("M", flow.At[[]any]("$.x"), flow.Task("A", anyText), flow.Task("A/", anyText), flow.Task("A_", anyText)))
	want := `{"M":{"Type":"Map","ItemsPath":"$.x","ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"A","States":{"A":{"Type":"Task","Resource":"` + arn + `","Next":"A/"},` +
		`"A/":{"Type":"Task","Resource":"λ:M-A-","Next":"A_"},"A_":{"Type":"Task","Resource":"λ:M-A_","End":true}}},"End":true}}`
	if sortedText(t, got) != sortedText(t, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// All that the States Language can't say is told at once.
func TestASLRefuses(t *testing.T) {
	f := flow.New[any, any]("f").Then(
		flow.Task("T", anyText).Timeout(1500*time.Millisecond).Retry(
			flow.Retry{On: flow.On(errStock), Interval: flow.NoDelay},
			flow.Retry{BackOff: func() backoff.BackOff { return &backoff.ZeroBackOff{} }}).
			Catch(flow.On(errStock), flow.Pass("Caught")),
		flow.Choice("C").When(flow.Test(flow.At[any]("$"), func(any) bool { return true })).Otherwise(),
		flow.Parallel("P", flow.Pass("A"), flow.Pass("B")).Concurrency(1),
		flow.Wait("W", time.Millisecond),
	).Must()
	_, err := f.ASL()
	var be *flow.BuildError
	if !errors.As(err, &be) {
		t.Fatalf("want a BuildError, got %v", err)
	}
	var got []string
	for _, p := range be.Problems {
		got = append(got, p.State+": "+strings.TrimPrefix(p.Text, "the States Language can't say it: "))
	}
	want := []string{
		"T: Timeout of 1.5s: times are whole seconds",
		`T: Retry on the Go error "out of stock", which has no name`,
		"T: a Retry with NoDelay: the least is a second",
		"T: a BackOff function of a Retry",
		`T: Catch on the Go error "out of stock", which has no name`,
		"C: a Test by a Go function",
		"P: Concurrency(1) of a Parallel",
		"W: Wait of 1ms: times are whole seconds",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := f.Handlers(); !errors.As(err, &be) {
		t.Errorf("Handlers: want the same error, got %v", err)
	}
}

func TestASLOfParsed(t *testing.T) {
	text := `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`
	f, err := flow.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.ASL()
	if err != nil || string(got) != text {
		t.Errorf("got %s, %v", got, err)
	}
}
