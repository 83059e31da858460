package states_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

// BenchmarkPublished reads and checks all published definitions; the bound is
// 0.5 ms a definition.
func BenchmarkPublished(b *testing.B) {
	cases := suite[published](b, "definitions/asl-valid.json")
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cases {
			m, ds := states.Parse(c.Definition)
			if m == nil {
				b.Fatal(ds)
			}
			if ds := states.Check(m, states.Standard); !ds.OK() {
				b.Fatal(ds)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(cases)), "ns/definition")
}
