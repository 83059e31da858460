// Package mock is a model for tests: its answers are scripted, it records what
// it was asked, and it fails the way real models fail.
//
//	m := mock.New()
//	m.When(mock.Node("Draft"), mock.PromptHas("refund")).
//		Throttle(2, 250*time.Millisecond).
//		Chunks("Dear ", "Ada").Usage(120, 40)
//
// reads: when the state Draft asks for something with "refund" in it, throttle
// twice, then answer "Dear Ada", in two pieces if streamed, and count 120 tokens
// in and 40 out.
//
// # Scripts
//
// A script is a sequence of replies and failures; each is given once, in order,
// unless [Script.Times] or [Script.Always] says otherwise. Of the scripts that
// match a call, the first with something left answers, so that a later script
// without matchers catches the rest. What is not set is filled in sensibly:
// the stop reason from the content, usage estimated from the length of texts,
// the name of the model from the request.
//
// # Strict
//
// A call that no script expects is an [UnexpectedError]: it names the state, the
// prompt, and the script that came nearest with what did not match. A flow never
// retries or catches it, since its name is [Unexpected]. In a test,
// mocktest.Model(t) also fails the test for such calls and for replies that
// nobody asked for. [Always] and [Echo] give models that expect everything.
//
// # Time
//
// Delays are real timers: inside testing/synctest they cost no time.
//
// # Recordings
//
// [Record] wraps a real model and writes each exchange to a file, without
// secrets; [Replay] answers from it.
//
// # Tasks and services
//
// [Override] has a function do the work of any task of a flow. [ParseConfig]
// reads MockConfigFile.json, the mocked service integrations of Step Functions
// Local, and [TestCase] runs a flow by one of its test cases.
package mock
