package flow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
)

// A Task replaces the document by its result, or with Into puts it at a place.
func ExampleTask() {
	type Person struct {
		Name  string `json:"name"`
		Hello string `json:"hello"`
	}
	greet := func(_ context.Context, name string) (string, error) { return "Hello, " + name + "!", nil }
	f := flow.New[Person, Person]("greeting").Then(
		flow.Task("Greet", greet).From(flow.At[string]("$.name")).Into(flow.At[string]("$.hello")),
	).Must()
	out, err := f.Run(context.Background(), Person{Name: "Ada"})
	fmt.Println(out.Hello, err)
	// Output: Hello, Ada! <nil>
}

// The first condition that holds decides; the ways meet again after the Choice.
func ExampleChoice() {
	type Order struct {
		Total float64 `json:"total"`
		Kind  string  `json:"kind"`
	}
	total := flow.At[float64]("$.total")
	kind := flow.At[string]("$.kind")
	say := func(name string) flow.Node {
		return flow.Do(name, func(_ context.Context, o Order) error {
			fmt.Println(name, o.Total)
			return nil
		})
	}
	f := flow.New[Order, Order]("orders").Then(
		flow.Choice("Check").
			When(flow.And(flow.More(total, 1000), flow.NotEq(kind, "staff")), say("ask a manager about")).
			When(flow.Like(kind, "gift*"), say("wrap")).
			Otherwise(),
		say("send"),
	).Must()
	for _, o := range []Order{{20, "gift card"}, {4000, "customer"}, {4000, "staff"}} {
		if _, err := f.Run(context.Background(), o); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// wrap 20
	// send 20
	// ask a manager about 4000
	// send 4000
	// send 4000
}

// Each item is a document of its own; the results come in the order of the items.
func ExampleMap() {
	type Album struct {
		Songs  []string `json:"songs"`
		Titles []string `json:"titles"`
	}
	songs := flow.At[[]string]("$.songs")
	titles := flow.At[[]string]("$.titles")
	shout := func(_ context.Context, song string) (string, error) { return strings.ToUpper(song), nil }
	f := flow.New[Album, Album]("album").Then(
		flow.Map[string]("Each", songs, flow.Task("Shout", shout)).Concurrency(2).Into(titles),
	).Must()
	out, err := f.Run(context.Background(), Album{Songs: []string{"one", "two", "three"}})
	fmt.Println(out.Titles, err)
	// Output: [ONE TWO THREE] <nil>
}

// Items may fail: their places stay empty, and what failed is listed.
func ExampleMapNode_Tolerate() {
	type Batch struct {
		Files  []string           `json:"files"`
		Sizes  []int              `json:"sizes"`
		Failed []flow.ItemFailure `json:"failed"`
	}
	size := func(_ context.Context, file string) (int, error) {
		if file == "" {
			return 0, errors.New("no name")
		}
		return len(file), nil
	}
	f := flow.New[Batch, Batch]("sizes").Then(
		flow.Map[int]("Each", flow.At[[]string]("$.files"), flow.Task("Size", size)).
			Tolerate(1, flow.At[[]flow.ItemFailure]("$.failed")).
			Into(flow.At[[]int]("$.sizes")),
	).Must()
	out, err := f.Run(context.Background(), Batch{Files: []string{"a", "", "ccc"}})
	fmt.Println(out.Sizes, out.Failed[0].Index, out.Failed[0].Cause, err)
	// Output: [1 0 3] 1 no name <nil>
}

// Branches run side by side; each says where its result goes.
func ExampleParallel() {
	type Trip struct {
		City   string `json:"city"`
		Flight string `json:"flight"`
		Hotel  string `json:"hotel"`
	}
	city := flow.At[string]("$.city")
	book := func(what string) func(context.Context, string) (string, error) {
		return func(_ context.Context, city string) (string, error) { return what + " in " + city, nil }
	}
	f := flow.New[Trip, Trip]("trip").Then(
		flow.Parallel("Book",
			flow.Task("Flight", book("landing")).From(city).Into(flow.At[string]("$.flight")),
			flow.Task("Hotel", book("a room")).From(city).Into(flow.At[string]("$.hotel")),
		),
	).Must()
	out, err := f.Run(context.Background(), Trip{City: "Oslo"})
	fmt.Println(out.Flight+",", out.Hotel, err)
	// Output: landing in Oslo, a room in Oslo <nil>
}

// A variable lives beside the document. Goto jumps back.
func ExampleVar() {
	type Draft struct {
		Text string `json:"text"`
	}
	rounds := flow.Var[int]("rounds")
	polish := func(_ context.Context, d Draft) (Draft, error) { return Draft{d.Text + "!"}, nil }
	f := flow.New[Draft, Draft]("drafts").Then(
		flow.Pass("Begin").Assign(flow.Set(rounds, 0)),
		flow.Task("Polish", polish).Assign(flow.Add(rounds, 1)),
		flow.Choice("Enough").
			When(flow.Less(rounds, 3), flow.Goto("Polish")).
			Otherwise(),
	).Must()
	out, err := f.Run(context.Background(), Draft{"good"})
	fmt.Println(out.Text, err)
	// Output: good!!! <nil>
}

// Another flow runs as a node, with variables of its own.
func ExampleCall() {
	double := flow.New[int, int]("double").Then(
		flow.Task("Double", func(_ context.Context, n int) (int, error) { return 2 * n, nil }),
	).Must()
	f := flow.New[int, int]("twice").Then(flow.Call("Once", double), flow.Call("Again", double)).Must()
	out, err := f.Run(context.Background(), 10)
	fmt.Println(out, err)
	// Output: 40 <nil>
}

// A Wait of a week takes no time on a clock of the execution's own.
func ExampleWait() {
	f := flow.New[string, string]("reminder").Then(
		flow.Wait("A week", 7*24*time.Hour),
		flow.Do("Remind", func(_ context.Context, who string) error {
			fmt.Println("remember,", who)
			return nil
		}),
	).Must()
	_, err := f.Run(context.Background(), "Ada", flow.VirtualTime(time.Time{}))
	fmt.Println(err)
	// Output:
	// remember, Ada
	// <nil>
}
