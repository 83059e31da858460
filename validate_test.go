package flow_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

func ExampleValidate() {
	for _, d := range flow.Validate([]byte(`{
  "StartAt": "Greet",
  "States": {
    "Greet": {"Type": "Pass", "Parameters": {"name": "$.name"}, "Next": "Send"}
  }
}`)) {
		fmt.Println(d)
	}
	// Output:
	// /States/Greet/Parameters/name (4:54): WARNING: NO_DOLLAR: The value of 'name' looks like a path or an intrinsic function; it is used as it stands unless the field is 'name.$'
	// /States/Greet/Next (4:73): ERROR: MISSING_TRANSITION_TARGET: Missing 'Next' target: Send
	// ERROR: MISSING_END_STATE: Workflow has no terminal state
}

func TestValidate(t *testing.T) {
	const activity = `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": true}}}`
	for name, c := range map[string]struct {
		text string
		opts []flow.ParseOption
		want []string // severity and code
	}{
		"nothing wrong":        {activity, []flow.ParseOption{nil}, nil},
		"wrong as Express":     {activity, []flow.ParseOption{flow.ParseExpress()}, []string{"ERROR SCHEMA_VALIDATION_FAILED"}},
		"no JSON":              {`{"StartAt"`, nil, []string{"ERROR INVALID_JSON_DESCRIPTION"}},
		"empty":                {``, nil, []string{"ERROR SCHEMA_VALIDATION_FAILED"}},
		"a warning":            {`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x": "$.x"}, "End": true}}}`, nil, []string{"WARNING NO_DOLLAR"}},
		"a lint":               {`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true, "Retry": [{"ErrorEquals": ["X"]}, {"ErrorEquals": ["X"]}]}}}`, nil, []string{"LINT NEVER_MATCHES"}},
		"errors hide the lint": {`{"StartAt": "B", "States": {"A": {"Type": "Pass", "End": true}}}`, nil, []string{"ERROR MISSING_TRANSITION_TARGET"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range flow.Validate([]byte(c.text), c.opts...) {
				got = append(got, d.Severity+" "+d.Code)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
