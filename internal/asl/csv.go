package asl

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

var delimiters = map[string]rune{"": ',', "COMMA": ',', "PIPE": '|', "SEMICOLON": ';', "SPACE": ' ', "TAB": '\t'}

// rows reads a CSV file: an object a row, all values text. As AWS has it, a
// row that is too short is filled with "", and what goes beyond the headers is
// dropped.
func rows(data []byte, cfg *states.ReaderConfig, most int64) ([]any, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.Comma = delimiters[cfg.CSVDelimiter]
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	headers := cfg.CSVHeaders
	if cfg.CSVHeaderLocation != "GIVEN" {
		first, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, unread("the object is no CSV: "+err.Error(), err)
		}
		headers = first
	}
	for i, h := range headers {
		if slices.Contains(headers[:i], h) {
			return nil, unread("CSV headers cannot contain duplicates.", nil)
		}
	}
	var all []any
	for most <= 0 || int64(len(all)) < most {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unread("the object is no CSV: "+err.Error(), err)
		}
		o := document.NewObject(len(headers))
		for i, h := range headers {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			o.Set(h, cell)
		}
		all = append(all, o)
	}
	return all, nil
}
