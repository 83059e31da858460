package states

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// requiredParameters are those that an optimized integration does not work
// without.
var requiredParameters = map[string][]string{
	"lambda:invoke":         {"FunctionName"},
	"dynamodb:getItem":      {"TableName", "Key"},
	"dynamodb:putItem":      {"TableName", "Item"},
	"dynamodb:updateItem":   {"TableName", "Key"},
	"dynamodb:deleteItem":   {"TableName", "Key"},
	"states:startExecution": {"StateMachineArn"},
	"sqs:sendMessage":       {"QueueUrl", "MessageBody"},
	"sns:publish":           {"Message"},
	"events:putEvents":      {"Entries"},
	"apigateway:invoke":     {"ApiEndpoint", "Method"},
	"http:invoke":           {"ApiEndpoint", "Method"},
	"bedrock:invokeModel":   {"ModelId"},
}

// parameters reports required parameters that are missing: of a task with an
// optimized integration, of a reader, of a writer.
func (l *linter) parameters(s *State) {
	if i, ok := integrationOf(s.Resource); ok && s.Type == Task && !i.sdk {
		l.required(s, s.Parameters, s.Arguments, requiredParameters[i.service+":"+i.action])
		if i.service == "http" {
			l.connection(s)
		}
	}
	if s.Credentials != nil && (activityARN.MatchString(s.Resource) || strings.HasSuffix(s.Resource, ":states:::http:invoke")) {
		l.report(s.Credentials.Pos, NoCredentials, "Activities and HTTP tasks cannot be given credentials")
	}
	if r := s.ItemReader; r != nil {
		l.required(s, r.Parameters, r.Arguments, []string{"Bucket"})
	}
	if w := s.ResultWriter; w != nil && w.Resource != "" {
		l.required(s, w.Parameters, w.Arguments, []string{"Bucket"})
	}
}

// connection wants an HTTP task to name a connection, in the one place or in the other.
func (l *linter) connection(s *State) {
	given := s.Parameters
	if s.Language == JSONata {
		given = s.Arguments
	}
	if given == nil {
		return
	}
	object, ok := given.V.(*document.Object)
	if !ok {
		return
	}
	for key := range object.All() {
		switch strings.TrimSuffix(key, ".$") {
		case "Authentication", "InvocationConfig":
			return
		}
	}
	l.report(given.Pos, MissingParameter, "One of the fields 'Authentication' and 'InvocationConfig' is required but both were missing")
}

func (l *linter) required(s *State, parameters, arguments *Value, keys []string) {
	given := parameters
	if s.Language == JSONata {
		given = arguments
	}
	if given == nil { // then the input is what is sent
		return
	}
	object, ok := given.V.(*document.Object)
	if !ok {
		return
	}
	for _, key := range keys {
		_, plain := object.Get(key)
		_, dynamic := object.Get(key + ".$")
		if !plain && (!dynamic || s.Language == JSONata) {
			l.report(given.Pos, MissingParameter, "The field '%s' is required but was missing", key)
		}
	}
}
