package wire

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// Reply answers one call.
type Reply func(w http.ResponseWriter, r *http.Request)

// JSON answers 200 with a body. Headers come in pairs of name and value.
func JSON(body string, header ...string) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		set(w, header)
		w.Header().Set("Content-Type", "application/json")
		write(w, body)
	}
}

// Error answers with an error as the service sends it: the code in a header, the message in the body.
func Error(status int, code, message string, header ...string) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		set(w, header)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-ErrorType", code)
		w.WriteHeader(status)
		write(w, fmt.Sprintf(`{"message":%q}`, message))
	}
}

// Drop closes the connection without an answer.
func Drop() Reply {
	return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
}

// Hang answers nothing until the caller gives up.
func Hang() Reply {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// Frame is one message of an event stream, or something that happens instead of one.
type Frame struct {
	headers map[string]string
	payload string
	act     func(w http.ResponseWriter, r *http.Request)
}

// Event is a frame that carries an event, such as "messageStart".
func Event(name, payload string) Frame {
	return Frame{payload: payload, headers: map[string]string{
		":message-type": "event", ":event-type": name, ":content-type": "application/json",
	}}
}

// Exception is a frame that carries an error, such as "throttlingException".
func Exception(name, payload string) Frame {
	return Frame{payload: payload, headers: map[string]string{
		":message-type": "exception", ":exception-type": name, ":content-type": "application/json",
	}}
}

// Broken closes the connection in the middle of a frame.
func Broken() Frame {
	return Frame{act: func(w http.ResponseWriter, _ *http.Request) {
		var buf bytes.Buffer
		if err := encode(&buf, Event("contentBlockDelta", "{}")); err == nil {
			write(w, buf.String()[:buf.Len()/2])
		}
		flush(w)
		panic(http.ErrAbortHandler)
	}}
}

// Silence sends nothing more until the caller hangs up.
func Silence() Frame {
	return Frame{act: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
}

// Until sends nothing more until the channel is closed or the caller hangs up.
func Until(c <-chan struct{}) Frame {
	return Frame{act: func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-c:
		case <-r.Context().Done():
		}
	}}
}

// Stream answers 200 with an event stream, each frame flushed as it is written.
func Stream(frames ...Frame) Reply { return StreamWith(nil, frames...) }

// StreamWith is Stream with headers, in pairs of name and value.
func StreamWith(header []string, frames ...Frame) Reply {
	return func(w http.ResponseWriter, r *http.Request) {
		set(w, header)
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		w.WriteHeader(http.StatusOK)
		flush(w)
		for _, f := range frames {
			if f.act != nil {
				f.act(w, r)
				continue
			}
			if err := encode(w, f); err != nil {
				return // the caller hung up
			}
			flush(w)
		}
	}
}

func encode(w io.Writer, f Frame) error {
	msg := eventstream.Message{Payload: []byte(f.payload)}
	for _, name := range slices.Sorted(maps.Keys(f.headers)) {
		msg.Headers.Set(name, eventstream.StringValue(f.headers[name]))
	}
	return eventstream.NewEncoder().Encode(w, msg)
}

func set(w http.ResponseWriter, header []string) {
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
}

// write sends a body; a caller that hung up needs no answer.
func write(w io.Writer, body string) {
	if _, err := io.WriteString(w, body); err != nil {
		return
	}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
