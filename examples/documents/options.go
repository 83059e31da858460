package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/model"
)

// options are what the command line says.
type options struct {
	model       *provider.Choice
	picture     *picture.Picture
	db          string
	price       *model.Price
	concurrency int
	maxSize     int64
	throttle    int
	fail, quiet bool
	paths       []string
}

// parse reads the command line. What is wrong with it is on stderr already.
func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("documents", flag.ContinueOnError)
	flags.SetOutput(stderr)
	o.model, o.picture = provider.Flags(flags), picture.Flag(flags)
	flags.Func("price", "what a million tokens cost in dollars, `input,output` (default: the list prices of Amazon Bedrock)", o.setPrice)
	flags.StringVar(&o.db, "db", "documents.db", "store in this SQLite `file`")
	flags.IntVar(&o.concurrency, "concurrency", 4, "work on this many documents at once")
	flags.Int64Var(&o.maxSize, "max-size", 32, "refuse documents of more `MiB`")
	flags.IntVar(&o.throttle, "throttle", 0, "have the offline model refuse the first `n` calls for each document")
	flags.BoolVar(&o.fail, "fail", false, "have the offline model fail")
	flags.BoolVar(&o.quiet, "q", false, "show no progress")
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, "usage: documents [flags] [FILE or FOLDER]...")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.paths = flags.Args()
	if o.concurrency < 1 || o.maxSize < 1 || o.throttle < 0 {
		err = errors.New("-concurrency and -max-size want a number from 1 on, -throttle one from 0 on")
		_, _ = fmt.Fprintln(stderr, "documents:", err)
	}
	return o, err
}

// expand lists the files of the folders among paths.
func expand(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			files = append(files, path) // what is wrong with it, reading it will say
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		found := len(files)
		for _, entry := range entries {
			if !entry.IsDir() && entry.Name()[0] != '.' {
				files = append(files, filepath.Join(path, entry.Name()))
			}
		}
		if len(files) == found {
			return nil, fmt.Errorf("%s: there are no files in this folder", path)
		}
	}
	return files, nil
}
