package response_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/response"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, operation, answer string
		mode                    response.Mode
		want                    string
	}{
		{"an unknown operation", "aws-sdk:none:such", `{"A": 1}`, response.Strict, ""},
		{"no object", "events:putEvents", `[1]`, response.Strict, ""},
		{"a member that is not in the model", "events:putEvents", `{"Nope": 1}`, response.Strict, ""},
		{"a member in another case", "sfn:startExecution", `{"executionArn": "a", "startDate": "d"}`, response.Strict, "Required field 'ExecutionArn' is missing"},
		{"a member that is missing", "states:startExecution", `{"ExecutionArn": "a"}`, response.Strict, "Required field 'StartDate' is missing"},
		{"one that may be missing", "states:startExecution", `{"ExecutionArn": "a"}`, response.Present, ""},
		{"of the wrong type, but nobody looks", "states:startExecution", `{"ExecutionArn": 1}`, response.None, ""},
		{"no string", "states:startExecution", `{"ExecutionArn": "a", "StartDate": 1}`, response.Present, "Field 'StartDate' must be a string"},
		{"null", "sns:publish", `{"MessageId": null}`, response.Strict, "Field 'MessageId' must be a string"},
		{"no number", "lambda:invoke", `{"StatusCode": "200"}`, response.Strict, "Field 'StatusCode' must be a number"},
		{"any payload of the integration", "lambda:invoke", `{"Payload": {"a": [1]}}`, response.Strict, ""},
		{"text as the payload of the operation", "aws-sdk:lambda:invoke", `{"Payload": {"a": [1]}}`, response.Strict, "Field 'Payload' must be a string"},
		{"no boolean", "dynamodb:getItem", `{"Item": {"id": {"BOOL": "true"}}}`, response.Strict, "Field 'BOOL' must be a boolean"},
		{"values in values", "dynamodb:getItem", `{"Item": {"id": {"M": {"x": {"L": [{"S": "a"}, {"N": 1}]}}}}}`, response.Strict, "Field 'N' must be a string"},
		{"no object in a map", "dynamodb:getItem", `{"Item": {"id": "x"}}`, response.Strict, "Field 'id' must be an object"},
		{"no array", "events:putEvents", `{"Entries": {}}`, response.Present, "Field 'Entries' must be an array"},
		{"the second element", "events:putEvents", `{"Entries": [{"EventId": "a"}, {"EventId": 1}]}`, response.Strict, "Field 'EventId' must be a string"},
		{"too little", "aws-sdk:lambda:getFunction", `{"Configuration": {"MemorySize": 127}}`, response.Strict, "Field 'MemorySize' is less than the minimum value"},
		{"too much", "aws-sdk:lambda:getFunction", `{"Configuration": {"MemorySize": 10241}}`, response.Present, "Field 'MemorySize' exceeds the maximum value"},
		{"just enough", "aws-sdk:lambda:getFunction", `{"Configuration": {"MemorySize": 128}}`, response.Strict, ""},
		{"required further in", "aws-sdk:lambda:getFunction", `{"TagsError": {"ErrorCode": "x"}}`, response.Strict, "Required field 'Message' is missing"},
		{"none of the values", "aws-sdk:lambda:getFunction", `{"Configuration": {"PackageType": "Tar"}}`, response.Strict, "Field 'PackageType' is not an expected value"},
		{"none of the values in a list", "aws-sdk:lambda:getFunction", `{"Configuration": {"Architectures": ["arm64", "z80"]}}`, response.Present, "Field 'Architectures' is not an expected value"},
		{"one of the values", "aws-sdk:lambda:getFunction", `{"Configuration": {"PackageType": "Zip", "State": "Active"}}`, response.Strict, ""},
		{"too short", "aws-sdk:lambda:getFunction", `{"Configuration": {"LoggingConfig": {"LogGroup": ""}}}`, response.Strict, "Field 'LogGroup' is smaller than the minimum length"},
		{"long enough", "aws-sdk:kms:encrypt", `{"KeyId": "k"}`, response.Strict, ""},
		{"what an execution came to", "states:startExecution.sync", `{"ExecutionArn": "a", "StateMachineArn": "m", "StartDate": "d", "Status": "SUCCEEDED", "Output": "{}"}`, response.Strict, ""},
		{"an output that is no text", "states:startExecution.sync", `{"ExecutionArn": "a", "StateMachineArn": "m", "StartDate": "d", "Status": "SUCCEEDED", "Output": {}}`, response.Strict, "Field 'Output' must be a string"},
		{"an output that is read", "states:startExecution.sync:2", `{"ExecutionArn": "a", "StateMachineArn": "m", "StartDate": "d", "Status": "SUCCEEDED", "Output": {}}`, response.Strict, ""},
		{"no status", "states:startExecution.sync", `{"ExecutionArn": "a", "StateMachineArn": "m", "StartDate": "d"}`, response.Strict, "Required field 'Status' is missing"},
		{"a status that there is not", "states:startExecution.sync:2", `{"Status": "DONE"}`, response.Present, "Field 'Status' is not an expected value"},
		{"another job", "glue:startJobRun.sync", `{"A": 1}`, response.Strict, ""},
		{"below nothing", "aws-sdk:lambda:getFunction", `{"Concurrency": {"ReservedConcurrentExecutions": -1}}`, response.Strict, "Field 'ReservedConcurrentExecutions' is less than the minimum value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answer, err := document.Decode([]byte(c.answer))
			if err != nil {
				t.Fatal(err)
			}
			if got := response.Problem(c.operation, answer, c.mode); got != c.want {
				t.Errorf("want %q, got %q", c.want, got)
			}
		})
	}
}
