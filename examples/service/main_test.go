package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/golden"
	"github.com/flowstone-go/flow/examples/internal/wire"
)

// process is the program while it runs.
type process struct {
	t    *testing.T
	url  string
	web  *http.Client
	done chan error
}

// launch starts the program; it ends with ctx, or when the test process gets a
// SIGTERM.
func launch(t *testing.T, keep string) *process {
	t.Helper()
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, url: "http://" + ln.Addr().String(), web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 300}}, done: make(chan error, 1)}
	go func() {
		defer stop()
		p.done <- serve(ctx, ln, keep, offline())
	}()
	return p
}

// terminate sends the signal and waits for the end.
func (p *process) terminate() {
	p.t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	p.wait()
}

func (p *process) wait() {
	p.t.Helper()
	if err := <-p.done; err != nil {
		p.t.Error(err)
	}
	p.web.CloseIdleConnections()
}

// ask makes a request and gives status and body.
func (p *process) ask(method, path, body string, headers ...string) (int, string, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.web.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(bytes.TrimSpace(data)), err
}

func (p *process) want(method, path, body string, status int, has string, headers ...string) string {
	p.t.Helper()
	got, text, err := p.ask(method, path, body, headers...)
	if err != nil || got != status || !strings.Contains(text, has) {
		p.t.Errorf("%s %s: want %d with %s, got %d, %s, %v", method, path, status, has, got, text, err)
	}
	return text
}

// waiting gives the approvals when there are n of them.
func (p *process) waiting(n int) []approval {
	p.t.Helper()
	var list []approval
	for range 500 {
		list = nil
		_, text, err := p.ask("GET", "/approvals", "")
		if err == nil {
			err = json.Unmarshal([]byte(text), &list)
		}
		if err != nil {
			p.t.Fatal(err)
		}
		if len(list) == n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return list
}

func TestLetters(t *testing.T) {
	p := launch(t, filepath.Join(t.TempDir(), "parked.json"))
	p.want("GET", "/healthz", "", 200, "alive")
	p.want("GET", "/readyz", "", 200, "ready")
	p.want("POST", "/letters", `{"text": "It broke.", "refund": 20}`, 200, "We pay back 20.00", "Idempotency-Key", "a")
	p.want("POST", "/letters", `{"text": "It broke.", "refund": 20}`, 409, "already", "Idempotency-Key", "a")
	p.want("GET", "/letters/a", "", 200, "We pay back 20.00")
	p.want("GET", "/letters/b", "", 404, "no such letter")
	p.want("POST", "/letters", `{`, 400, "EOF")

	var client sync.WaitGroup
	client.Go(func() {
		p.want("POST", "/letters", `{"text": "All broke.", "refund": 200}`, 200, "Ann", "Idempotency-Key", "c")
	})
	list := p.waiting(1)
	if len(list) != 1 || list[0].Letter != "c" {
		t.Fatalf("%+v", list)
	}
	token := "/approvals/" + string(list[0].Token)
	p.want("GET", "/letters/c", "", 202, "RUNNING")
	p.want("POST", token, `{"aproved": true}`, 422, "aproved")
	p.want("POST", token, `{"approved": true, "by": "Ann"}`, 200, "thank you")
	p.want("POST", token, `{"approved": false, "by": "Bob"}`, 409, "answered before")
	p.want("POST", "/approvals/AAAA", `{"approved": true, "by": "Ann"}`, 404, "no attempt")
	client.Wait()
	p.terminate()
}

// The words of the model come one by one, then the answer.
func TestStream(t *testing.T) {
	p := launch(t, filepath.Join(t.TempDir(), "parked.json"))
	text := p.want("POST", "/letters", `{"text": "It broke.", "refund": 20}`, 200, "event: answer", "Accept", "text/event-stream", "Idempotency-Key", "a")
	var events []string
	for sc := bufio.NewScanner(strings.NewReader(text)); sc.Scan(); {
		if line := sc.Text(); line != "" {
			events = append(events, line)
		}
	}
	want := []string{
		"event: text", `data: "Dear customer, "`, "event: text", `data: "thank you "`, "event: text", `data: "for your letter."`,
		"event: answer", `data: {"text":"Dear customer, thank you for your letter. We pay back 20.00."}`,
	}
	if got := strings.Join(events, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
	// Whoever comes later reads the same from the first event on.
	if again := p.want("GET", "/letters/a/events", "", 200, "event: answer"); again != text {
		t.Errorf("later:\n%s", again)
	}
	p.terminate()
}

// Two hundred clients, and a SIGTERM in the middle: each accepted letter is
// answered or parked, and what is parked goes on in the next process.
func TestSIGTERM(t *testing.T) {
	const clients = 200
	keep := filepath.Join(t.TempDir(), "parked.json")
	p := launch(t, keep)
	statuses := make([]int, clients)
	var wait sync.WaitGroup
	for i := range clients {
		wait.Go(func() {
			time.Sleep(time.Duration(i) * time.Millisecond)
			letter := fmt.Sprintf(`{"text": "Letter %d", "refund": %d}`, i, 20+80*(i%2))
			headers := []string{"Idempotency-Key", fmt.Sprint("letter-", i)}
			if i%3 == 0 {
				headers = append(headers, "Accept", "text/event-stream")
			}
			status, text, err := p.ask("POST", "/letters", letter, headers...)
			switch {
			case err != nil:
				status = 0 // never accepted: the listener was closed
			case i%3 == 0 && strings.Contains(text, "event: parked"):
				status = http.StatusAccepted
			case status == 200 && !strings.Contains(text, "We pay back"):
				t.Errorf("letter %d: %s", i, text)
			}
			statuses[i] = status
		})
	}
	time.Sleep(120 * time.Millisecond)
	p.terminate()
	wait.Wait()

	data, err := os.ReadFile(keep)
	if err != nil {
		t.Fatal(err)
	}
	var list []flow.Parked
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	parked := map[string]bool{}
	for _, e := range list {
		parked[e.Execution] = true
	}
	counts := map[int]int{}
	for i, status := range statuses {
		counts[status]++
		if id := fmt.Sprint("letter-", i); parked[id] != (status == http.StatusAccepted) {
			t.Errorf("%s was answered with %d; parked: %v", id, status, parked[id])
		}
	}
	t.Logf("answered %d, parked %d, refused %d, not accepted %d", counts[200], counts[202], counts[503], counts[0])
	if counts[200]+counts[202]+counts[503]+counts[0] != clients || counts[200] == 0 || counts[202] == 0 || counts[503]+counts[0] == 0 {
		t.Errorf("statuses %v", counts)
	}

	next := launch(t, keep)
	for _, a := range next.waiting(len(list)) {
		next.want("POST", "/approvals/"+string(a.Token), `{"approved": true, "by": "Ann"}`, 200, "thank you")
		delete(parked, a.Letter)
		for range 500 {
			if status, _, _ := next.ask("GET", "/letters/"+a.Letter, ""); status != http.StatusAccepted {
				break
			}
			time.Sleep(time.Millisecond)
		}
		next.want("GET", "/letters/"+a.Letter, "", 200, `"approved":"Ann"`)
	}
	if len(parked) > 0 {
		t.Errorf("lost: %v", parked)
	}
	next.terminate()
}

// The words of either provider come as its stream brings them, over its SDK and
// wire format.
func TestProviders(t *testing.T) {
	for name, choose := range wire.Providers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				choice := choose(t, offline())
				m, err := choice.Open(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				s, err := newServer(m)
				if err != nil {
					t.Fatal(err)
				}
				got := httptest.NewRecorder()
				letter := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/letters", strings.NewReader(`{"text": "It broke.", "refund": 20}`))
				letter.Header.Set("Accept", "text/event-stream")
				s.routes().ServeHTTP(got, letter)
				want := `event: text
data: "Dear customer, thank"

event: text
data: " you for your letter."

event: answer
data: {"text":"Dear customer, thank you for your letter. We pay back 20.00."}

`
				if diff := cmp.Diff(want, got.Body.String()); diff != "" {
					t.Error(diff)
				}
				s.service.Drain(t.Context())
			})
		})
	}
}

func TestPicture(t *testing.T) {
	f, err := letters(offline())
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}
