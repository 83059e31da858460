package document_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
)

// A definition of ten lines and a document of 1 KB; Decode should cost no more
// than encoding/json into any.
var texts = map[string]string{
	"definition": `{
  "StartAt": "Look",
  "States": {
    "Look": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 10, "Next": "Work"}], "Default": "Done"},
    "Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"},
      "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2.0}],
      "ResultPath": "$.work", "Next": "Done"},
    "Done": {"Type": "Succeed"}
  }
}`,
	"document": `{"order":{"id":"o-2026-000017","customer":{"name":"Ada Lovelace","email":"ada@example.org","since":1843},"items":[` +
		strings.TrimSuffix(strings.Repeat(`{"sku":"A-1","name":"Analytical engine","price":1999.95,"count":2,"tags":["brass","steam"]},`, 8), ",") +
		`],"total":31999.2,"paid":true,"note":null}}`,
	"table": "[" + strings.TrimSuffix(strings.Repeat(`{"id":100001,"status":"active","category":"fiction","title":"The long road","price":12.5},`, 100), ",") + "]",
	"wide":  manyFields(100),
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"field%d":%d`, i, i)
	}
	return "{" + b.String()[1:] + "}"
}

func BenchmarkDecode(b *testing.B) {
	for name, text := range texts {
		data := []byte(text)
		b.Run(name+"/document", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := document.Decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding/json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				var v any
				if err := json.Unmarshal(data, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, text := range texts {
		v, err := document.Decode([]byte(text))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/document", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := document.Encode(v); err != nil {
					b.Fatal(err)
				}
			}
		})
		plain, _ := document.Plain(v)
		b.Run(name+"/encoding/json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(plain); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, n := range []int{4, 8, 12, 16, 20, 24, 32} {
		o := document.NewObject(n)
		keys := make([]string, n)
		for i := range n {
			keys[i] = fmt.Sprintf("field%05d", i)
			o.Set(keys[i], i)
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			i := 0
			for b.Loop() {
				if _, ok := o.Get(keys[i]); !ok {
					b.Fatal()
				}
				if i++; i == n {
					i = 0
				}
			}
		})
	}
}
