package mock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/mock"
)

const shopConfig = `{
	"StateMachines": {
		"Shop": {"TestCases": {
			"Happy": {"Charge": "Charged", "Ship": "Shipped"},
			"Busy":  {"Charge": "BusyThenCharged"}
		}},
		"Empty": {"TestCases": {}}
	},
	"MockedResponses": {
		"Charged": {"0": {"Return": {"StatusCode": 200, "Payload": {"ok": true, "n": 1.0}}}},
		"Shipped": {"0-4": {"Return": null}},
		"BusyThenCharged": {
			"0": {"Throw": {"Error": "Busy", "Cause": "try again"}},
			"1-2": {"Throw": {"Error": "Lambda.Unknown"}},
			"3": {"Return": "done"}
		}
	}
}`

func TestConfig(t *testing.T) {
	c, err := mock.ParseConfig([]byte(shopConfig))
	if err != nil {
		t.Fatal(err)
	}
	type found struct {
		M      mock.Mocked
		Mocked bool
		Err    string
	}
	for _, q := range []struct {
		machine, test, state string
		attempt              int
		want                 found
	}{
		{"Shop", "Happy", "Charge", 0, found{mock.Mocked{Return: json.RawMessage(`{"StatusCode":200,"Payload":{"ok":true,"n":1.0}}`)}, true, ""}},
		{"Shop", "Happy", "Ship", 4, found{mock.Mocked{Return: json.RawMessage(`null`)}, true, ""}},
		{"Shop", "Busy", "Charge", 0, found{mock.Mocked{Throws: true, Error: "Busy", Cause: "try again"}, true, ""}},
		{"Shop", "Busy", "Charge", 2, found{mock.Mocked{Throws: true, Error: "Lambda.Unknown"}, true, ""}},
		{"Shop", "Busy", "Charge", 3, found{mock.Mocked{Return: json.RawMessage(`"done"`)}, true, ""}},
		{"Shop", "Busy", "Charge", 4, found{Err: `mock configuration: response "BusyThenCharged" of state "Charge" has no attempt 4`}},
		{"Shop", "Busy", "Ship", 0, found{}},
		{"Shop", "Sad", "Ship", 0, found{Err: `mock configuration: machine "Shop" has no test case "Sad"`}},
		{"Stop", "Sad", "Ship", 0, found{Err: `mock configuration: there is no machine "Stop"`}},
	} {
		var got found
		got.M, got.Mocked, err = c.Lookup(q.machine, q.test, q.state, q.attempt)
		if err != nil {
			got.Err = err.Error()
		}
		if diff := cmp.Diff(q.want, got); diff != "" {
			t.Errorf("%s %s %s %d (-want +got):\n%s", q.machine, q.test, q.state, q.attempt, diff)
		}
	}
	if diff := cmp.Diff([]string{"Busy", "Happy"}, c.Cases("Shop")); diff != "" {
		t.Error(diff)
	}
}

func TestConfigMistakes(t *testing.T) {
	responses := func(s string) string { return `{"MockedResponses":{"R":` + s + `}}` }
	for _, c := range []struct{ name, in, want string }{
		{"no JSON", `{`, "unexpected EOF"},
		{"no object", `[]`, "the file is array, not an object"},
		{"a key twice", `{"StateMachines":{},"StateMachines":{}}`, "twice"},
		{"an unknown member", `{"StateMachine":{}}`, `the file has the member "StateMachine", which is not known`},
		{"an unknown member of a machine", `{"StateMachines":{"M":{"Cases":{}}}}`, `StateMachines.M has the member "Cases"`},
		{"a state that names no response", `{"StateMachines":{"M":{"TestCases":{"T":{"S":7}}}}}`, "StateMachines.M.TestCases.T.S is not the name of a response"},
		{"a response that is not there", `{"StateMachines":{"M":{"TestCases":{"T":{"S":"R"}}}}}`, `StateMachines.M.TestCases.T.S: there is no response "R"`},
		{"a response that is no object", responses(`7`), "MockedResponses.R is number, not an object"},
		{"a range that is none", responses(`{"1-x":{"Return":1}}`), `MockedResponses.R.1-x: "1-x" is neither an attempt nor a range of attempts`},
		{"a range that runs backwards", responses(`{"2-1":{"Return":1}}`), `"2-1" is neither`},
		{"a negative attempt", responses(`{"-1":{"Return":1}}`), `"-1" is neither`},
		{"ranges that overlap", responses(`{"0-2":{"Return":1},"2":{"Return":1}}`), "MockedResponses.R: attempt 2 is there twice"},
		{"neither", responses(`{"0":{}}`), "MockedResponses.R.0 has to have either Return or Throw"},
		{"both", responses(`{"0":{"Return":1,"Throw":{"Error":"E"}}}`), "MockedResponses.R.0 has to have either Return or Throw"},
		{"a cause that is no string", responses(`{"0":{"Throw":{"Error":"E","Cause":{}}}}`), "MockedResponses.R.0.Throw.Cause is not a string"},
		{"an unknown member of a throw", responses(`{"0":{"Throw":{"Name":"E"}}}`), `MockedResponses.R.0.Throw has the member "Name"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mock.ParseConfig([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(shopConfig))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := mock.ParseConfig(data)
		if err == nil {
			_, _, _ = c.Lookup("Shop", "Happy", "Charge", 0)
		}
	})
}
