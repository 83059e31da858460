package provider_test

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

func TestFlags(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	for _, tc := range []struct {
		args, about string
		offline     bool
		want        model.Description // zero: an error
	}{
		{"", "offline", true, model.Description{Provider: "mock", Model: "mock", StructuredOutput: true}},
		{"-model m-1", "m-1 on Amazon Bedrock", false, model.Description{Provider: "aws.bedrock", Model: "m-1"}},
		{"-model m-1 -openai http://x/v1", "m-1 at http://x/v1", false, model.Description{Provider: "openai", Model: "m-1", StructuredOutput: true}},
		{"-openai http://x/v1", " at http://x/v1", false, model.Description{}},
	} {
		flags := flag.NewFlagSet("x", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		choice := provider.Flags(flags)
		if err := flags.Parse(strings.Fields(tc.args)); err != nil {
			t.Fatal(err)
		}
		if choice.String() != tc.about || choice.Offline() != tc.offline {
			t.Errorf("%q: %s, offline %t", tc.args, choice, choice.Offline())
		}
		m, err := choice.Open(t.Context(), mock.New())
		if tc.want.Provider == "" {
			if m != nil || err == nil || err.Error() != "-openai wants a -model of that endpoint" {
				t.Errorf("%q: %v, %v", tc.args, m, err)
			}
			continue
		}
		about, ok := model.Find[model.Describer](m)
		if err != nil || !ok || about.Describe() != tc.want {
			t.Errorf("%q: %v, %+v", tc.args, err, about)
		}
	}
}
