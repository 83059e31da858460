package main

import "time"

// payments are what is scored.
var payments = []Payment{
	{ID: "p-1", Amount: 12.40, Usual: 30, Country: "NO", Home: "NO", At: time.Date(2026, 5, 4, 12, 30, 0, 0, time.UTC)},
	{ID: "p-2", Amount: 410, Usual: 60, Country: "NO", Home: "NO", At: time.Date(2026, 5, 4, 14, 0, 0, 0, time.UTC)},
	{ID: "p-3", Amount: 980, Usual: 45, Country: "PE", Home: "NO", At: time.Date(2026, 5, 4, 15, 10, 0, 0, time.UTC)},
	{ID: "p-4", Amount: 50, Usual: 45, Country: "PE", Home: "NO", At: time.Date(2026, 5, 5, 3, 20, 0, 0, time.UTC)},
}
