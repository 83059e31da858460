// Package extract reads the text of files: plain text, Markdown, HTML and PDF.
//
// What it gives is prose in paragraphs, a paragraph a line and an empty line
// between two, whatever the line breaks of the file were. What it cannot read
// it refuses with an [*Error] whose name a workflow can catch.
package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is what a file says.
type Text struct {
	Title string `json:"title"` // what the file calls itself, else its name without the extension
	Pages int    `json:"pages"` // of a PDF; of a text with form feeds one more than those; otherwise 1
	Bytes int64  `json:"bytes"` // the size of the file
	Body  string `json:"body"`  // the paragraphs, never empty
}

// Options bound what is read. The zero value is useful.
type Options struct {
	// MaxBytes is the largest file that is read; 0 means 32 MiB. The text of a
	// file may not be longer either, whatever was packed into it.
	MaxBytes int64

	// FS is where the files are; nil means the operating system's.
	FS fs.FS
}

const defaultMaxBytes = 32 << 20

// File reads the text of a file. The form is known by what the file holds and,
// where that says nothing, by its extension. Errors are [*Error], except that of
// a context that is done.
func File(ctx context.Context, path string, options Options) (*Text, error) {
	if options.MaxBytes == 0 {
		options.MaxBytes = defaultMaxBytes
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	data, err := read(path, options)
	if err != nil {
		return nil, err
	}
	text, err := parse(ctx, path, data)
	if err != nil {
		return nil, err
	}
	if int64(len(text.Body)) > options.MaxBytes {
		return nil, refuse(path, TooLarge, nil, "its text is %s, more than the %s that are read", size(int64(len(text.Body))), size(options.MaxBytes))
	}
	if strings.TrimSpace(text.Body) == "" {
		return nil, refuse(path, Empty, nil, "there is no text in it")
	}
	text.Bytes = int64(len(data))
	if text.Title == "" {
		base := filepath.Base(path)
		text.Title = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return text, nil
}

// read gives the bytes of a regular file. Anything else (a folder, a pipe that
// nobody writes to, a device without end) is not opened.
func read(path string, options Options) ([]byte, error) {
	limit := options.MaxBytes
	stat, open := os.Stat, func(path string) (fs.File, error) { return os.Open(path) }
	if options.FS != nil {
		stat = func(path string) (fs.FileInfo, error) { return fs.Stat(options.FS, path) }
		open = options.FS.Open
	}
	info, err := stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse(path, Unreadable, err, "there is no such file")
	case err != nil:
		return nil, refuse(path, Unreadable, err, "%v", reason(err))
	case info.IsDir():
		return nil, refuse(path, Unreadable, nil, "it is a folder")
	case !info.Mode().IsRegular():
		return nil, refuse(path, Unreadable, nil, "it is not a regular file")
	case info.Size() > limit:
		return nil, refuse(path, TooLarge, nil, "it has %s, more than the %s that are read", size(info.Size()), size(limit))
	}
	file, err := open(path)
	if err != nil {
		return nil, refuse(path, Unreadable, err, "%v", reason(err))
	}
	defer file.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	switch {
	case err != nil:
		return nil, refuse(path, Unreadable, err, "%v", reason(err))
	case int64(len(data)) > limit:
		return nil, refuse(path, TooLarge, nil, "it grew beyond the %s that are read", size(limit))
	case len(data) == 0:
		return nil, refuse(path, Empty, nil, "it has no bytes")
	}
	return data, nil
}

// reason is an error of the file system without operation and path, which the
// Error says already.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func size(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// clean puts the paragraphs of a text in the form that [Text] promises: control
// characters, soft hyphens and zero-width characters are dropped, every run of
// white space within a paragraph is one blank.
func clean(paragraphs []string) string {
	var out []string
	for _, paragraph := range paragraphs {
		paragraph = strings.Map(func(r rune) rune {
			switch {
			case r == '\u00ad' || r == '\u200b' || r == '\ufeff' || r == utf8.RuneError:
				return -1
			case unicode.IsSpace(r):
				return ' '
			case unicode.IsControl(r):
				return -1
			}
			return r
		}, unligature.Replace(paragraph))
		if words := strings.Fields(paragraph); len(words) > 0 {
			out = append(out, strings.Join(words, " "))
		}
	}
	return strings.Join(out, "\n\n")
}

// unligature writes out the letters that typesetters draw as one.
var unligature = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st")
