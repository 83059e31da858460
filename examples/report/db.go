package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

// DB has the sales of a small company, in memory.
type DB struct{ *sql.DB }

func openDB(ctx context.Context) (*DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	_, err = db.ExecContext(ctx, `
		CREATE TABLE sales (region TEXT, year INTEGER, quarter INTEGER, amount REAL);
		INSERT INTO sales VALUES
			('East', 2025, 1, 10.5), ('East', 2025, 2, 12), ('East', 2025, 3, 13.25), ('East', 2025, 4, 16),
			('North', 2025, 1, 8), ('North', 2025, 2, 8.2), ('North', 2025, 3, 5.1), ('North', 2025, 4, 8),
			('South', 2025, 1, 3), ('South', 2025, 2, 3), ('South', 2025, 3, 4), ('South', 2025, 4, 2),
			('West', 2025, 1, 2), ('West', 2025, 2, 6), ('West', 2025, 3, 7), ('West', 2025, 4, 7);`)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return &DB{db}, nil
}

// regions lists the regions that sold something in a year.
func (db *DB) regions(ctx context.Context, q Question) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT region FROM sales WHERE year = ? ORDER BY region`, q.Year)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if len(names) == 0 && rows.Err() == nil {
		return nil, fmt.Errorf("there are no sales in %d", q.Year)
	}
	return names, rows.Err()
}

// sales sums up a region's quarters.
func (db *DB) sales(ctx context.Context, q Query) (Sales, error) {
	s := Sales{Region: q.Region}
	rows, err := db.QueryContext(ctx, `SELECT quarter, sum(amount) FROM sales WHERE region = ? AND year = ? GROUP BY quarter`, q.Region, q.Year)
	if err != nil {
		return s, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var quarter int
		var amount float64
		if err := rows.Scan(&quarter, &amount); err != nil {
			return s, err
		}
		if quarter < 1 || quarter > len(s.Quarters) {
			return s, fmt.Errorf("%s has sales in quarter %d", q.Region, quarter)
		}
		s.Quarters[quarter-1] = amount
	}
	return s, rows.Err()
}
