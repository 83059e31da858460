package states

import "testing"

func TestDifference(t *testing.T) {
	task := func(fields string) string {
		return `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true` + fields + `}}}`
	}
	mapping := func(fields string) string {
		return `{"StartAt":"A","States":{"A":{"Type":"Map","End":true,` + fields + `}}}`
	}
	const inside = `{"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}`
	rule := func(r string) string {
		return `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[` + r + `],"Default":"B"},"B":{"Type":"Succeed"}}}`
	}
	for _, c := range []struct{ name, a, b, want string }{
		{"the same", task(""), task(""), ""},
		{"comments and defaults", task(`,"Comment":"c","InputPath":"$","ResultPath":"$","OutputPath":"$","Retry":[],"Catch":[],"Assign":{},"QueryLanguage":"JSONPath"`), task(""), ""},
		{"a retrier's defaults", task(`,"Retry":[{"Comment":"c","ErrorEquals":["X"],"IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":2.0,"JitterStrategy":"NONE"}]`), task(`,"Retry":[{"ErrorEquals":["X"]}]`), ""},
		{"a retrier", task(`,"Retry":[{"ErrorEquals":["X"],"MaxAttempts":2}]`), task(`,"Retry":[{"ErrorEquals":["X"]}]`), "/States/A/Retry/0/MaxAttempts: only the first has it: 2"},
		{
			"a catcher's default", `{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[` + inside + `],"End":true,"Catch":[{"ErrorEquals":["X"],"ResultPath":"$","Next":"C"}]},"C":{"Type":"Pass","End":true}}}`,
			`{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[` + inside + `],"End":true,"Catch":[{"ErrorEquals":["X"],"Next":"C"}]},"C":{"Type":"Pass","End":true}}}`, "",
		},
		{"older names", mapping(`"Iterator":` + inside + `,"Parameters":{"x":1},"MaxConcurrency":0`), mapping(`"ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},` + inside[1:] + `,"ItemSelector":{"x":1}`), ""},
		{"one path in two", mapping(`"ItemProcessor":` + inside + `,"InputPath":"$.a","ItemsPath":"$.b"`), mapping(`"ItemProcessor":` + inside + `,"ItemsPath":"$.a.b"`), ""},
		{"another path", mapping(`"ItemProcessor":` + inside + `,"InputPath":"$.a"`), mapping(`"ItemProcessor":` + inside + `,"ItemsPath":"$.b"`), `/States/A/ItemsPath: "$.a" in the first, "$.b" in the second`},
		{"negation", rule(`{"Variable":"$.a","IsNull":false,"Next":"B"}`), rule(`{"Not":{"Variable":"$.a","IsNull":true},"Next":"B"}`), ""},
		{"the other way round", rule(`{"And":[{"Variable":"$.a","NumericGreaterThanEqualsPath":"$.b"}],"Next":"B"}`), rule(`{"And":[{"Variable":"$.b","NumericLessThanEqualsPath":"$.a"}],"Next":"B"}`), ""},
		{"an instant", rule(`{"Variable":"$.a","TimestampEquals":"2026-01-01T01:00:00+01:00","Next":"B"}`), rule(`{"Variable":"$.a","TimestampEquals":"2026-01-01T00:00:00.0Z","Next":"B"}`), ""},
		{"a default", rule(`{"Variable":"$.a","BooleanEquals":true,"Next":"B"}`), rule(`{"Variable":"$.a","BooleanEquals":false,"Next":"B"}`), "/States/A/Choices/0/BooleanEquals: true in the first, false in the second"},
		{"a field", task(""), task(`,"TimeoutSeconds":5`), "/States/A/TimeoutSeconds: only the second has it: 5"},
		{"null is no default", task(`,"ResultPath":null`), task(""), "/States/A/ResultPath: only the first has it: null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := Parse([]byte(c.a))
			b, _ := Parse([]byte(c.b))
			if a == nil || b == nil {
				t.Fatal("a definition that can't be read")
			}
			if got := Difference(a, b); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if d := Difference(a, a); d != "" {
				t.Errorf("it differs from itself: %s", d)
			}
		})
	}
}
