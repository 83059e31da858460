package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"unicode"
	"unicode/utf16"

	pdfium "github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// readers holds instances of PDFium, the PDF engine of Chrome, compiled to
// WebAssembly: no C compiler is needed to build it, and whatever a file does to
// it stays in its own memory of at most 512 MiB. It is compiled to this machine's
// code when the first PDF comes, which takes two seconds; the code is kept in
// the user's cache folder for the next time.
var readers = sync.OnceValues(func() (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(512 << 20 / 65536).
		WithCloseOnContextDone(true) // or Kill would wait for what it is to end
	if folder, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(folder, "flowstone", "pdfium")); err == nil {
			config = config.WithCompilationCache(cache)
		}
	}
	return webassembly.Init(webassembly.Config{MaxIdle: maxReaders, MaxTotal: maxReaders, RuntimeConfig: config})
})

// maxReaders is how many PDFs are read at once; each may need much memory.
const maxReaders = 4

// parsePDF reads the text of a PDF. When the context ends while it does, what
// the engine does for this file is given up.
func parsePDF(ctx context.Context, path string, data []byte) (*Text, error) {
	pool, err := readers()
	if err != nil {
		return nil, fmt.Errorf("start the PDF reader: %w", err)
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, errors.Join(context.Cause(ctx), err)
	}
	done := context.AfterFunc(ctx, func() { _ = instance.Kill() })
	defer func() {
		if done() {
			_ = instance.Close()
		}
	}()
	text, err := readPDF(instance, path, data)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return text, err
}

func readPDF(instance pdfium.Pdfium, path string, data []byte) (*Text, error) {
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdferrors.ErrPassword):
		return nil, refuse(path, Encrypted, err, "it is encrypted: save a copy without a password")
	case errors.Is(err, pdferrors.ErrSecurity):
		return nil, refuse(path, Encrypted, err, "it is encrypted in a way that is not supported")
	case err != nil:
		return nil, refuse(path, Malformed, err, "it is a damaged PDF (%v)", err)
	}
	document := opened.Document
	defer func() { _, _ = instance.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: document}) }()
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: document})
	if err != nil {
		return nil, refuse(path, Malformed, err, "its pages cannot be counted (%v)", err)
	}
	var lines []line
	for i := range count.PageCount {
		page, err := readPage(instance, requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: i}})
		if err != nil {
			return nil, refuse(path, Malformed, err, "page %d cannot be read (%v)", i+1, err)
		}
		lines = append(lines, unnumbered(page)...)
	}
	body := clean(reflow(lines))
	if body == "" {
		return nil, refuse(path, Empty, nil, "no text on its %d page(s), only pictures: it has to go through OCR first", count.PageCount)
	}
	title := ""
	if meta, err := instance.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: document, Tag: "Title"}); err == nil {
		title = clean([]string{meta.Value})
	}
	return &Text{Title: title, Pages: count.PageCount, Body: body}, nil
}

// readPage gives the lines of a page and where they stand on it.
func readPage(instance pdfium.Pdfium, page requests.Page) ([]line, error) {
	loaded, err := instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, err
	}
	text := loaded.TextPage
	defer func() { _, _ = instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text}) }()
	count, err := instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, err
	}
	var (
		lines []line
		units []uint16
		place line
	)
	flush := func() {
		place.text = string(utf16.Decode(units))
		lines = append(lines, place)
		place, units = line{}, nil
	}
	for i := range count.Count {
		char, err := instance.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: i})
		if err != nil {
			return nil, err
		}
		r := rune(min(char.Unicode, unicode.MaxRune)) //nolint:gosec // bounded by MaxRune
		if r == '\n' {
			flush()
			continue
		}
		units = utf16.AppendRune(units, r)
		if place.size > 0 || unicode.IsSpace(r) {
			continue
		}
		if place.x, place.y, place.size, err = position(instance, text, i); err != nil {
			return nil, err
		}
	}
	flush()
	return lines, nil
}

func position(instance pdfium.Pdfium, text references.FPDF_TEXTPAGE, i int) (x, y, size float64, err error) {
	origin, err := instance.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: text, Index: i})
	if err != nil {
		return 0, 0, 0, err
	}
	font, err := instance.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: text, Index: i})
	if err != nil {
		return 0, 0, 0, err
	}
	return origin.X, origin.Y, font.FontSize, nil
}
