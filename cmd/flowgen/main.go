// Command flowgen writes the Go source of a flow from a state machine in the
// Amazon States Language, JSON or YAML:
//
//	go run github.com/flowstone-go/flow/cmd/flowgen -package orders -name orders orders.asl.json > orders/flow.go
//
// Without a file it reads standard input. What the Go builder has no words for is
// listed on standard error, all of it, and the exit status is 1.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/flowstone-go/flow/generate"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, in io.Reader, out, complaints io.Writer) int {
	flags := flag.NewFlagSet("flowgen", flag.ContinueOnError)
	flags.SetOutput(complaints)
	var o generate.Options
	flags.StringVar(&o.Package, "package", "main", "the `name` of the package")
	flags.StringVar(&o.Name, "name", "StateMachine", "the `name` of the flow")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	var definition []byte
	var err error
	switch flags.NArg() {
	case 0:
		definition, err = io.ReadAll(in)
	case 1:
		o.File = filepath.Base(flags.Arg(0))
		definition, err = os.ReadFile(flags.Arg(0))
	default:
		err = fmt.Errorf("flowgen reads one file, not %d", flags.NArg())
	}
	var source []byte
	if err == nil {
		source, err = generate.Source(definition, o)
	}
	if err == nil {
		_, err = out.Write(source)
	}
	if err != nil {
		_, _ = fmt.Fprintln(complaints, err)
		return 1
	}
	return 0
}
