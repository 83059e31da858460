package aslsuite

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/flowstone-go/flow/internal/document"
)

// Values that AWS makes up for each call. The cases have placeholders for them.
const (
	requestID = "00000000-0000-4000-8000-000000000001"
	traceID   = "Root=1-00000000-000000000000000000000001;Sampled=0"
	date      = "Thu, 01 Jan 2026 00:00:00 GMT"
)

// header is one header of a response.
type header struct{ name, value string }

// invocation is what the optimized Lambda integration makes of a function's
// result: the API's answer and the headers that carried it.
func invocation(value any) any {
	length := strconv.Itoa(len(python(value)))
	all := document.NewObject(8)
	for _, h := range []header{
		{"X-Amz-Executed-Version", "$LATEST"},
		{"x-amzn-Remapped-Content-Length", "0"},
		{"Connection", "keep-alive"},
		{"x-amzn-RequestId", requestID},
		{"Content-Length", length},
		{"Date", date},
		{"X-Amzn-Trace-Id", traceID},
		{"Content-Type", "application/json"},
	} {
		all.Set(h.name, []any{h.value})
	}
	single := document.NewObject(8)
	for _, name := range []string{
		"Connection", "Content-Length", "Content-Type", "Date", "X-Amz-Executed-Version",
		"x-amzn-Remapped-Content-Length", "x-amzn-RequestId", "X-Amzn-Trace-Id",
	} {
		v, _ := document.Index(get(all, name), 0)
		single.Set(name, v)
	}
	return document.ObjectOf(
		document.Field{Key: "ExecutedVersion", Value: "$LATEST"},
		document.Field{Key: "Payload", Value: value},
		document.Field{Key: "SdkHttpMetadata", Value: document.ObjectOf(
			document.Field{Key: "AllHttpHeaders", Value: all},
			document.Field{Key: "HttpHeaders", Value: single},
			document.Field{Key: "HttpStatusCode", Value: float64(200)},
		)},
		document.Field{Key: "SdkResponseMetadata", Value: document.ObjectOf(
			document.Field{Key: "RequestId", Value: requestID},
		)},
		document.Field{Key: "StatusCode", Value: float64(200)},
	)
}

// python writes a value as Python's json.dumps does, which is how long the
// body was: a space after commas and colons, nothing but ASCII.
func python(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = python(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *document.Object:
		var parts []string
		for key, e := range v.All() {
			parts = append(parts, python(key)+": "+python(e))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		return ascii(string(document.AppendString(nil, v)))
	}
	return document.Text(v)
}

// ascii writes what is not ASCII as escapes of its UTF-16 code units.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
