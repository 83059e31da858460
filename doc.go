// Package flow embeds AI workflows in a Go service: a fluent builder composes
// typed nodes into a graph that runs in this process with the semantics of AWS
// Step Functions.
//
// # A flow
//
// A flow is given a document of one Go type and gives one of another. Its nodes
// run one after another; the shape of the code is the shape of the graph:
//
//	return flow.New[Document, Receipt]("documents").Then(
//		flow.Task("ExtractText", extractText).Into(text),
//		flow.Prompt[Summary]("Summarize", m).Text("Summarize in three sentences:\n\n{{text}}").MaxTokens(300).
//			Retry(flow.Retry{On: flow.ErrThrottled, Interval: 2 * time.Second, MaxAttempts: 3}).
//			Catch(flow.On(flow.ErrAll).Into(trouble), flow.Task("AskAPerson", askAPerson).From(text)).
//			Into(summary),
//		flow.Choice("Mood").
//			When(flow.Eq(sentiment, "negative"), flow.Do("Alert", alert).From(summary)).
//			Otherwise(), // go on
//		flow.Task("Store", db.store),
//	).Build()
//
// Build finds all mistakes at once, each with file and line: names that are there
// twice, nodes that nothing leads to, values that are read and that nothing before
// writes. [Flow.Shape] tells what it knows of the document where a node is entered.
// What it gives is immutable and may be run by any number of goroutines.
//
// # Documents and references
//
// A document means its JSON, and Go values in it stay Go values. A [Task] is given
// the whole document, or with From a part of it, as the type that its function
// takes; its result replaces the document, or with Into goes to a place in it. [Do]
// is a Task without a result. [Prompt] asks a model: its text is a template over the
// document, its answer a string, or a Go value that the model gives as JSON by the
// type's schema.
//
// Places are named by typed references, made once:
//
//	text      = flow.At[string]("$.text") // a typed reference: a path that knows its Go type
//	summary   = flow.At[Summary]("$.summary")
//	sentiment = flow.Field(summary, func(s *Summary) *string { return &s.Sentiment }) // misspelt = does not compile
//
// A variable ([Var]) lives beside the document. Nodes write it by Assign when they
// have succeeded:
//
//	flow.Task("Polish", polish).Assign(flow.Add(rounds, 1)),
//
// # Going several ways
//
// [Choice] takes the first way whose condition holds. A way that ends goes on after
// the Choice; [Goto] jumps, [Succeed] and [Fail] end.
//
//	flow.Choice("Check").
//		When(flow.And(flow.More(total, 1000), flow.NotEq(kind, "staff")), say("ask a manager about")).
//		When(flow.Like(kind, "gift*"), say("wrap")).
//		Otherwise(),
//
// [Parallel] runs branches side by side, each of which says by Into where its
// result goes. [Map] runs nodes for each item of an array, several at once, and
// gives the results in the order of the items:
//
//	flow.Map[string]("Each", songs, flow.Task("Shout", shout)).Concurrency(2).Into(titles),
//
// [Call] runs another flow as a node.
//
// # When something fails
//
// A node fails with an error that has a name: [ErrTimeout], [ErrThrottled]…, the
// name that a Go error gives by a method ErrorName() string, else [ErrTaskFailed].
// A panic is such an error, and so is a function that ends its goroutine, as
// testing's FailNow does. [Retry] tries again, the first retrier that matches
// deciding when and how often; counters begin anew at each visit.
//
//	flow.Task("Fetch", fetch).Retry(
//		flow.Retry{On: flow.ErrTimeout, MaxAttempts: flow.Never},
//		flow.Retry{On: flow.ErrAll, Interval: time.Second, BackoffRate: 2, MaxAttempts: 5, MaxDelay: time.Minute, FullJitter: true},
//	),
//
// Then the catchers are asked. A Catch keeps the document as it was before the node,
// puts the failure where [ErrorMatcher.Into] says, and goes on at its handler,
// whose result lands where the node's would. Recover is its short form:
//
//	flow.Task("Slow", slow).Timeout(time.Millisecond).
//		Recover(flow.ErrTimeout, func(context.Context, *flow.Error) (int, error) { return -1, nil }),
//
// What no catcher takes ends the flow with an [*Error]; errors.Is and errors.As
// reach the error that the function returned. A cancelled execution
// ([ErrCancelled]) and a mistake in the flow itself ([ErrRuntime]) are neither
// tried again nor caught.
//
// # People and services that take their time
//
// A [Callback] hands out a token and waits, without a goroutine, until somebody
// answers at the [Desk] with it, or its Timeout runs out:
//
//	flow.Callback[bool]("Approve", ask).Timeout(48 * time.Hour).Into(flow.At[bool]("$.approved")),
//
// # Running
//
// Run runs in the caller's goroutine and returns the result. Start begins the same
// in the background; while it waits it holds no goroutine. Its [Execution] is
// watched by its events, those that Step Functions records:
//
//	exec := f.Start(ctx, 4)
//	for event, err := range exec.Events(ctx) {
//		if err != nil {
//			fmt.Println(err)
//			return
//		}
//		fmt.Println(event)
//	}
//	out, err := exec.Wait(ctx)
//
// Options such as [RunTimeout] and [Observe] hold for one run, or given to Build or
// With for all runs of a Flow. A task learns by [StateOf] where it is, and gets a key there that
// stays the same over its attempts.
//
// An execution lives in this process: a crash loses it.
//
// # What models cost
//
// A [Budget] stops an execution before the call that could exceed it; given to Build
// it has a model without a price found there. [Execution.UsageByState] and [Meter]
// count tokens, money and transitions. The calls of Prompts and Agents count, and
// those that tasks make by a model that is [Metered]. [Limit] keeps all flows of a
// program within the quotas of an account.
//
// # Starting small
//
// The engine serves functions that are part of no flow, too. [Try] calls one with
// retries and a timeout, [TryEach] calls one for each item of a slice, and
// [LimitFunc] makes calls wait for their turn:
//
//	file, err := flow.Try(ctx, open, flow.Retry{MaxAttempts: 5, Interval: time.Millisecond}, flow.Timeout(time.Minute))
//
// [Single] makes a whole flow of one function.
//
// # Step Functions
//
// [Parse] reads state machines in the Amazon States Language, and a [Registry] says
// what their resources mean:
//
//	f = f.With(flow.Resources(resources), flow.VirtualTime(time.Time{}))
//
// ASL writes a flow that was built in Go as a definition for AWS Step Functions.
//
// # In tests
//
// All waiting is done on the standard library's clock, so that under
// testing/synctest a week passes in no time; [VirtualTime] does the same outside of
// tests. [Checked] and [Stepwise] run a flow the hard way and find what relies on
// more than JSON keeps. Package mock scripts models.
//
// # Pictures
//
// [Draw] makes a picture of a flow, plain or coloured by an execution:
//
//	plain := flow.Draw(f).Mermaid()
package flow
