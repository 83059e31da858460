package extract

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// parse reads a file's bytes by their form.
func parse(ctx context.Context, path string, data []byte) (*Text, error) {
	if isPDF(data) {
		return parsePDF(ctx, path, data)
	}
	extension := strings.ToLower(filepath.Ext(path))
	if extension == ".pdf" {
		return nil, refuse(path, Malformed, nil, "it is called a PDF and does not begin like one")
	}
	text, ok := decode(data, extension)
	if !ok {
		return nil, refuse(path, Binary, nil, "it is not text (%s)", kindOf(data))
	}
	switch extension {
	case ".md", ".markdown":
		return parseMarkdown(text)
	case ".html", ".htm", ".xhtml":
		return parseHTML(text), nil
	case "", ".txt", ".text":
		if looksLikeHTML(text) {
			return parseHTML(text), nil
		}
	}
	return parsePlain(text), nil
}

// isPDF tells by the mark that readers look for in the first KiB.
func isPDF(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-"))
}

func looksLikeHTML(text string) bool {
	return strings.HasPrefix(http.DetectContentType([]byte(text[:min(len(text), 512)])), "text/html")
}

// kindOf names a binary form for an error.
func kindOf(data []byte) string {
	if bytes.HasPrefix(data, []byte("{\\rtf")) {
		return "application/rtf"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}

// decode gives a text's characters. UTF-8 and, with a byte order mark, UTF-16
// are known by themselves; an HTML page may name its encoding; other bytes that
// can be text are taken as Windows-1252, in which every letter of western
// Europe has one byte.
func decode(data []byte, extension string) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return decodeUTF16(data)
	}
	if looksBinary(data) {
		return "", false
	}
	if utf8.Valid(data) {
		return string(data), true
	}
	contentType := "text/plain; charset=windows-1252"
	if strings.HasPrefix(extension, ".htm") || extension == ".xhtml" {
		contentType = "text/html"
	}
	encoding, _, _ := charset.DetermineEncoding(data[:min(len(data), 1024)], contentType)
	text, err := encoding.NewDecoder().Bytes(data)
	return string(text), err == nil
}

func decodeUTF16(data []byte) (string, bool) {
	if len(data)%2 != 0 {
		return "", false
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i < len(data); i += 2 {
		a, b := uint16(data[i]), uint16(data[i+1])
		if data[0] == 0xff {
			a, b = b, a
		}
		units = append(units, a<<8|b)
	}
	text := string(utf16.Decode(units))
	return text, !strings.ContainsRune(text, 0)
}

// looksBinary tells by the bytes that no text has: NUL, or more than a few
// control characters among the first 64 KiB; and by forms that are text on the
// surface only.
func looksBinary(data []byte) bool {
	if bytes.HasPrefix(data, []byte("{\\rtf")) {
		return true
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return true
	}
	head := data[:min(len(data), 64<<10)]
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b {
			controls++
		}
	}
	return controls*50 > len(head)
}
