// Package provider chooses the model of an example by its command line: the
// example's own offline model, one of Amazon Bedrock, or one behind an
// OpenAI-compatible endpoint.
package provider

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

// Choice is what the command line says about the model. The zero value chooses
// the offline one.
type Choice struct {
	// Model is the id of a model of Amazon Bedrock, or with OpenAI of that endpoint.
	Model string

	// OpenAI is the URL of an OpenAI-compatible endpoint, up to and with the version.
	OpenAI string

	// HTTP makes the calls; nil is the client that the provider's SDK makes for itself.
	HTTP *http.Client
}

// Flags makes the flags -model and -openai; the choice is made once they are parsed.
func Flags(flags *flag.FlagSet) *Choice {
	c := &Choice{}
	flags.StringVar(&c.Model, "model", "", "ask this model of Amazon Bedrock, or with -openai of that endpoint, by `id` (default: an offline one)")
	flags.StringVar(&c.OpenAI, "openai", "", "take the model from an OpenAI-compatible endpoint at this `URL`; OPENAI_API_KEY is sent if it is set")
	return c
}

// Parse parses the flags of the program, which takes nothing beside them.
func Parse() {
	flag.Parse()
	if flag.NArg() > 0 {
		_, _ = fmt.Fprintf(os.Stderr, "there is nothing to be given but flags: %q\n", flag.Args())
		flag.Usage()
		os.Exit(2)
	}
}

// Open gives the model that was chosen. Amazon Bedrock is asked with the
// credentials, region and endpoint of the default AWS configuration.
func (c *Choice) Open(ctx context.Context, offline model.Model) (model.Model, error) {
	switch {
	case c.OpenAI != "" && c.Model == "":
		return nil, errors.New("-openai wants a -model of that endpoint")
	case c.OpenAI != "":
		settings := []openai.Option{openai.BaseURL(c.OpenAI), openai.HTTPClient(c.HTTP)}
		if key := os.Getenv("OPENAI_API_KEY"); key != "" {
			settings = append(settings, openai.APIKey(key))
		}
		return openai.Open(c.Model, settings...), nil
	case c.Model == "":
		return offline, nil
	}
	var settings []func(*config.LoadOptions) error
	if c.HTTP != nil {
		settings = append(settings, config.WithHTTPClient(c.HTTP))
	}
	aws, err := config.LoadDefaultConfig(ctx, settings...)
	if err != nil {
		return nil, fmt.Errorf("configure AWS: %w", err)
	}
	return bedrock.New(bedrockruntime.NewFromConfig(aws), c.Model), nil
}

// Offline tells whether no model was named.
func (c *Choice) Offline() bool { return c.Model == "" && c.OpenAI == "" }

// String says which model it is, for people.
func (c *Choice) String() string {
	switch {
	case c.OpenAI != "":
		return c.Model + " at " + c.OpenAI
	case c.Model != "":
		return c.Model + " on Amazon Bedrock"
	default:
		return "offline"
	}
}
