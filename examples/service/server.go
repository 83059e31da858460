package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// server is the flow with what answers for it.
type server struct {
	service *flow.Service[Letter, Answer]
	desk    *flow.Desk
}

func newServer(m model.Model) (*server, error) {
	f, err := letters(m)
	if err != nil {
		return nil, err
	}
	desk := flow.NewDesk()
	return &server{service: flow.NewService(f, desk).Keep(10_000), desk: desk}, nil
}

// serve serves until ctx ends. Then it starts nothing new, finishes what works,
// answers all requests, and keeps what waits.
func serve(ctx context.Context, ln net.Listener, keep string, m model.Model) error {
	s, err := newServer(m)
	if err != nil {
		return err
	}
	if err := s.takeUp(ctx, keep); err != nil {
		return err
	}
	web := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	drained := s.service.Drain(end)
	slog.Info("drained", "finished", len(drained.Finished), "parked", len(drained.Parked), "stopped", len(drained.Stopped))
	err = putAway(keep, drained.Parked)
	return errors.Join(err, web.Shutdown(end))
}

// putAway writes what waits to a file, all or nothing.
func putAway(keep string, parked []flow.Parked) error {
	data, err := json.MarshalIndent(parked, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(keep+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(keep+".new", keep)
}

// takeUp goes on with what an earlier process has put away.
func (s *server) takeUp(ctx context.Context, keep string) error {
	data, err := os.ReadFile(keep) //nolint:gosec // the name is a flag
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var parked []flow.Parked
	if err == nil {
		err = json.Unmarshal(data, &parked)
	}
	if err != nil {
		return err
	}
	for _, p := range parked {
		if _, err := s.service.Resume(ctx, p); err != nil {
			return fmt.Errorf("execution %s: %w", p.Execution, err)
		}
	}
	return nil
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /letters", s.start)
	mux.HandleFunc("GET /letters/{id}", s.result)
	mux.HandleFunc("GET /letters/{id}/events", s.watch)
	mux.HandleFunc("GET /approvals", s.approvals)
	mux.HandleFunc("POST /approvals/{token}", s.decide)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.service.Ready() {
			reply(w, http.StatusServiceUnavailable, "draining")
			return
		}
		reply(w, http.StatusOK, "ready")
	})
	return mux
}

// start begins a letter, once per Idempotency-Key, and answers when it is
// done, or with its events if the client accepts those. A client that goes away
// finds it at /letters/{id}.
func (s *server) start(w http.ResponseWriter, r *http.Request) {
	var l Letter
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&l); err != nil {
		reply(w, http.StatusBadRequest, err.Error())
		return
	}
	var opts []flow.Option
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		opts = append(opts, flow.WithName(key))
	}
	e, err := s.service.Start(r.Context(), l, opts...)
	switch {
	case errors.Is(err, flow.ErrDraining):
		w.Header().Set("Retry-After", "5")
		reply(w, http.StatusServiceUnavailable, err.Error())
		return
	case errors.Is(err, flow.ErrExecutionExists):
		w.Header().Set("Location", "/letters/"+e.ID())
		reply(w, http.StatusConflict, err.Error())
		return
	case err != nil:
		reply(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Location", "/letters/"+e.ID())
	if r.Header.Get("Accept") == "text/event-stream" {
		s.stream(w, r, e)
		return
	}
	s.outcome(w, r, e)
}

// outcome waits for the end and tells of it.
func (s *server) outcome(w http.ResponseWriter, r *http.Request, e *flow.Execution[Answer]) {
	status, body := outcomeOf(r.Context(), e)
	reply(w, status, body)
}

func outcomeOf(ctx context.Context, e *flow.Execution[Answer]) (int, any) {
	answer, err := e.Wait(ctx)
	var failed *flow.Error
	switch {
	case err == nil:
		return http.StatusOK, answer
	case errors.Is(err, flow.ErrParked): // it goes on in the next process
		return http.StatusAccepted, map[string]string{"id": e.ID(), "status": "PARKED"}
	case errors.As(err, &failed):
		return http.StatusBadGateway, map[string]string{"id": e.ID(), "error": failed.Name, "cause": failed.Cause}
	}
	return http.StatusGatewayTimeout, map[string]string{"id": e.ID(), "error": err.Error()} // the client is gone
}

func (s *server) result(w http.ResponseWriter, r *http.Request) {
	e, ok := s.service.Find(r.PathValue("id"))
	switch {
	case !ok:
		reply(w, http.StatusNotFound, "there is no such letter")
	case e.Status() == flow.Running:
		reply(w, http.StatusAccepted, map[string]string{"id": e.ID(), "status": string(flow.Running)})
	default:
		s.outcome(w, r, e)
	}
}

func (s *server) watch(w http.ResponseWriter, r *http.Request) {
	e, ok := s.service.Find(r.PathValue("id"))
	if !ok {
		reply(w, http.StatusNotFound, "there is no such letter")
		return
	}
	s.stream(w, r, e)
}

// stream sends what happens as server-sent events, from the first on: the words
// of the model as they come, and at last the outcome.
func (s *server) stream(w http.ResponseWriter, r *http.Request, e *flow.Execution[Answer]) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	send := func(event string, data any) error {
		text, err := json.Marshal(data)
		if err == nil {
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text)
		}
		return errors.Join(err, out.Flush())
	}
	for ev, err := range e.Events(r.Context()) {
		if err != nil {
			return // the client is gone; the letter goes on
		}
		switch ev.Type {
		case flow.ModelText:
			err = send("text", ev.Text)
		case flow.RetryScheduled, flow.ModelFellBack, flow.ModelReasked: // what came before is void
			err = send("reset", ev.Delay.String())
		case "TaskSubmitted":
			err = send("waiting", ev.Path)
		}
		if err != nil {
			return
		}
	}
	status, body := outcomeOf(r.Context(), e)
	_ = send(map[int]string{http.StatusOK: "answer", http.StatusAccepted: "parked"}[status], body)
}

// approval is a refund that waits for somebody.
type approval struct {
	Token  flow.Token `json:"token"`
	Letter string     `json:"letter"`
	About  any        `json:"about"`
	Since  time.Time  `json:"since"`
}

func (s *server) approvals(w http.ResponseWriter, _ *http.Request) {
	list := []approval{}
	for _, a := range s.desk.Waiting() {
		list = append(list, approval{Token: a.Token, Letter: a.Execution, About: a.Input(), Since: a.Since})
	}
	reply(w, http.StatusOK, list)
}

// decide gives a person's decision to the flow that waits for it, which checks
// that it is one.
func (s *server) decide(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		reply(w, http.StatusBadRequest, err.Error())
		return
	}
	switch err := s.desk.Succeed(r.Context(), flow.Token(r.PathValue("token")), json.RawMessage(data)); {
	case err == nil:
		reply(w, http.StatusOK, "thank you")
	case errors.Is(err, flow.ErrNoToken):
		reply(w, http.StatusNotFound, err.Error())
	case errors.Is(err, flow.ErrTokenUsed):
		reply(w, http.StatusConflict, err.Error())
	case errors.Is(err, flow.ErrTokenLate):
		reply(w, http.StatusGone, err.Error())
	default:
		reply(w, http.StatusUnprocessableEntity, err.Error())
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a client that is gone is no concern of ours
}
