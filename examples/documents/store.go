package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

// DB keeps what was made of each document, in one SQLite file.
type DB struct{ sql *sql.DB }

// schema has a row a document. The same text stored again replaces its row.
const schema = `
CREATE TABLE IF NOT EXISTS documents (
	id            TEXT PRIMARY KEY,
	path          TEXT NOT NULL,
	title         TEXT NOT NULL,
	pages         INTEGER NOT NULL,
	words         INTEGER NOT NULL,
	text          TEXT NOT NULL,
	summary       TEXT NOT NULL,
	sentiment     TEXT NOT NULL,
	score         REAL NOT NULL,
	author        TEXT NOT NULL,
	failure       TEXT,
	input_tokens  INTEGER NOT NULL,
	output_tokens INTEGER NOT NULL,
	stored_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);`

// OpenDB opens the database in a file, which is made if it is not there.
func OpenDB(ctx context.Context, path string) (*DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer; others would only wait for it
	if _, err := db.ExecContext(ctx, schema); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &DB{db}, nil
}

// Close closes the database.
func (db *DB) Close() error { return db.sql.Close() }

// Put stores a record and gives the receipt for it. It may be called again with
// the same record: an attempt that was cut short is made good by the next.
func (db *DB) Put(ctx context.Context, r Record) (Receipt, error) {
	receipt := receiptOf(ctx, r)
	var failure any
	if r.Failure != nil {
		failure = r.Failure.Error + ": " + r.Failure.Cause
	}
	_, err := db.sql.ExecContext(ctx, `INSERT OR REPLACE INTO documents
		(id, path, title, pages, words, text, summary, sentiment, score, author, failure, input_tokens, output_tokens)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		receipt.ID, r.Path, r.Text.Title, r.Text.Pages, receipt.Words, r.Text.Body, r.Summary.Text, r.Summary.Sentiment, r.Summary.Score,
		receipt.Author, failure, receipt.Tokens.Input, receipt.Tokens.Output)
	if err != nil {
		return Receipt{}, fmt.Errorf("store %s: %w", r.Path, err)
	}
	return receipt, nil
}

// identity names a document by its text.
func identity(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
