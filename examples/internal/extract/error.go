package extract

import "fmt"

// The names of errors, as a workflow's Retry and Catch know them.
const (
	Unreadable = "Document.Unreadable" // not there, not allowed, not a file
	Empty      = "Document.Empty"      // no bytes, or no text in them
	Binary     = "Document.Binary"     // not text, and no form that is read
	Encrypted  = "Document.Encrypted"  // opens with a password only
	Malformed  = "Document.Malformed"  // says that it is a PDF and is none
	TooLarge   = "Document.TooLarge"   // larger than Options.MaxBytes
)

// Error says why a file was not read.
type Error struct {
	Path   string
	Name   string // one of the names above
	Detail string
	Err    error // what the file system or the PDF library said, or nil
}

// Error names the file and what is wrong with it.
func (e *Error) Error() string { return e.Path + ": " + e.Detail }

// ErrorName is the name by which a workflow knows the error.
func (e *Error) ErrorName() string { return e.Name }

// Unwrap gives the error behind this one.
func (e *Error) Unwrap() error { return e.Err }

func refuse(path, name string, err error, format string, args ...any) *Error {
	return &Error{Path: path, Name: name, Detail: fmt.Sprintf(format, args...), Err: err}
}
