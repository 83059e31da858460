package extract_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/examples/internal/extract"
)

func TestFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, content string
		want          extract.Text // without Bytes
	}{
		"hard-wrapped lines are joined": {
			"a.txt", "The first line goes on to the\nsecond one. And on.\n\nA new one.\n",
			extract.Text{Title: "a", Pages: 1, Body: "The first line goes on to the second one. And on.\n\nA new one."},
		},
		"a heading above its text stands alone": {
			"a.txt", "Heading\nThe text below it is long enough to go over the whole line\nand ends here.",
			extract.Text{Title: "a", Pages: 1, Body: "Heading\n\nThe text below it is long enough to go over the whole line and ends here."},
		},
		"list items stand alone, rules are dropped": {
			"a.txt", "Buy:\n====\n- bread\n- milk and\n  butter\n",
			extract.Text{Title: "a", Pages: 1, Body: "Buy:\n\n- bread\n\n- milk and butter"},
		},
		"pages are parted by form feeds": {
			"a.txt", "One.\fTwo.\f",
			extract.Text{Title: "a", Pages: 2, Body: "One.\n\nTwo."},
		},
		"UTF-16 with a mark": {
			"a.txt", "\xff\xfeG\x00r\x00\xfc\x00n\x00 \x00=\xd8\x00\xde",
			extract.Text{Title: "a", Pages: 1, Body: "Grün 😀"},
		},
		"UTF-8 with a mark": {
			"a.txt", "\xef\xbb\xbfGrün",
			extract.Text{Title: "a", Pages: 1, Body: "Grün"},
		},
		"bytes that are no UTF-8 are Windows-1252": {
			"a.txt", "Gr\xfcn \x80 5",
			extract.Text{Title: "a", Pages: 1, Body: "Grün € 5"},
		},
		"soft hyphens and ligatures are typography": {
			"a.txt", "eﬃ\u00adcient\u200b ﬂow",
			extract.Text{Title: "a", Pages: 1, Body: "efficient flow"},
		},
		"an HTML page says its encoding": {
			"a.html", "<meta charset=iso-8859-2><p>\xb1",
			extract.Text{Title: "a", Pages: 1, Body: "ą"},
		},
		"HTML: what is shown": {
			"a.html", `<title> A &amp; B </title><nav>Home</nav><p>One<br>two <b>th</b>ree.<script>x()</script><p hidden>No.</p><div>Four <del>five</del>` +
				`<img src=x alt="six"></div><ul><li>Seven<li>Eight</ul>`,
			extract.Text{Title: "A & B", Pages: 1, Body: "One two three.\n\nFour six\n\nSeven\n\nEight"},
		},
		"HTML without a title is called by its heading": {
			"a.htm", "<h1>Top</h1>text",
			extract.Text{Title: "Top", Pages: 1, Body: "Top\n\ntext"},
		},
		"HTML in a file without an extension": {
			"page", "<!DOCTYPE html><p>text",
			extract.Text{Title: "page", Pages: 1, Body: "text"},
		},
		"Markdown": {
			"a.md", "---\ntitle: \"Front\"\n---\n# Head\n\nSome *emphasis*, a [link](https://a.example) and `code`.\nGoes on.\n\n```\nx := 1\n```\n\n* one\n* two\n\n<p>raw</p>",
			extract.Text{Title: "Front", Pages: 1, Body: "Head\n\nSome emphasis, a link and code. Goes on.\n\nx := 1\n\none\n\ntwo\n\nraw"},
		},
		"Markdown tables read by rows": {
			"a.markdown", "|A|B|\n|-|-|\n|1|2|\n",
			extract.Text{Title: "a", Pages: 1, Body: "A B\n\n1 2"},
		},
		"an unknown extension with text in it": {
			"a.log", "Just text.",
			extract.Text{Title: "a", Pages: 1, Body: "Just text."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), test.file)
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := extract.File(t.Context(), path, extract.Options{})
			if err != nil {
				t.Fatal(err)
			}
			test.want.Bytes = int64(len(test.content))
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A PDF by a typesetter that parts words and draws ligatures.
func TestPDF(t *testing.T) {
	t.Parallel()
	got, err := extract.File(t.Context(), "testdata/memo.pdf", extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &extract.Text{
		Title: "memo", Pages: 2, Bytes: got.Bytes,
		Body: "Memo on the two mills\n\n" +
			"The upper mill is efficient; the offices there need five hours for a batch of flour. Notwithstanding the difficult winter, " +
			"its miller delivered everything on time and the bakery had no reason whatsoever to complain.\n\n" +
			"The lower mill stands still. Its wheel broke in the flood.\n\n" +
			"A carpenter from the valley repairs it in June.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// emptyPDF is a PDF of one page with nothing on it.
const emptyPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

func TestRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct {
		path, name, detail string
	}{
		"missing":             {filepath.Join(folder, "none.txt"), extract.Unreadable, "there is no such file"},
		"a folder":            {folder, extract.Unreadable, "it is a folder"},
		"empty":               {write("empty.txt", ""), extract.Empty, "it has no bytes"},
		"blank":               {write("blank.md", " \n\t\n"), extract.Empty, "there is no text in it"},
		"a page without text": {write("blank.html", "<script>x</script>"), extract.Empty, "there is no text in it"},
		"an empty PDF":        {write("empty.pdf", emptyPDF), extract.Empty, "no text on its 1 page(s), only pictures: it has to go through OCR first"},
		"a program":           {write("a.txt", "\x7fELF\x02\x01\x01\x00\x00"), extract.Binary, "it is not text (application/octet-stream)"},
		"a picture":           {write("a.md", "\x89PNG\x0d\x0a\x1a\x0a\x00\x00"), extract.Binary, "it is not text (image/png)"},
		"an archive":          {write("a.docx", "PK\x03\x04\x14\x00"), extract.Binary, "it is not text (application/zip)"},
		"RTF":                 {write("a.rtf", "{\\rtf1 text}"), extract.Binary, "it is not text (application/rtf)"},
		"an encrypted PDF":    {"testdata/encrypted.pdf", extract.Encrypted, "it is encrypted: save a copy without a password"},
		"no PDF at all":       {write("text.pdf", "text"), extract.Malformed, "it is called a PDF and does not begin like one"},
		"a PDF that is cut":   {write("cut.pdf", emptyPDF[:40]), extract.Malformed, "it is a damaged PDF (3: incorrect format)"},
		"too large":           {write("large.txt", strings.Repeat("word ", 300)), extract.TooLarge, "it has 1500 bytes, more than the 1000 bytes that are read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := extract.File(t.Context(), test.path, extract.Options{MaxBytes: limitFor(test.name)})
			refused, ok := errors.AsType[*extract.Error](err)
			if !ok {
				t.Fatalf("error %v, want an *extract.Error", err)
			}
			got := [3]string{refused.Path, refused.ErrorName(), refused.Detail}
			if want := [3]string{test.path, test.name, test.detail}; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func limitFor(name string) int64 {
	if name == extract.TooLarge {
		return 1000
	}
	return 0
}

// The file system's own error stays within reach.
func TestUnwrap(t *testing.T) {
	t.Parallel()
	_, err := extract.File(t.Context(), filepath.Join(t.TempDir(), "none"), extract.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v is not fs.ErrNotExist", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	cancel(reason)
	if _, err := extract.File(ctx, "testdata/memo.pdf", extract.Options{}); !errors.Is(err, reason) {
		t.Errorf("error %v, want the cause of the cancellation", err)
	}
}

func TestOtherFileSystem(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"in/a.txt": {Data: []byte("Text.")}}
	got, err := extract.File(t.Context(), "in/a.txt", extract.Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&extract.Text{Title: "a", Pages: 1, Bytes: 5, Body: "Text."}, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever a file holds, it is read or refused, and what is read is clean text.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{"Text.\n\n- item", "# Head\n\n|a|b|\n|-|-|", "<p>a<table><td>b", "\xff\xfea\x00", "---\ntitle: x\n---\n", "\x00"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(1))
		f.Add(seed, uint8(2))
	}
	f.Fuzz(func(t *testing.T, content string, form uint8) {
		name := "a" + []string{".txt", ".md", ".html"}[form%3]
		if strings.Contains(content, "%PDF-") {
			t.Skip("read by PDFium")
		}
		text, err := extract.File(t.Context(), name, extract.Options{FS: fstest.MapFS{name: {Data: []byte(content)}}})
		if err != nil {
			if _, ok := errors.AsType[*extract.Error](err); !ok {
				t.Fatalf("error %v, want an *extract.Error", err)
			}
			return
		}
		if text.Body == "" || !utf8.ValidString(text.Body) || text.Pages < 1 || text.Title == "" {
			t.Errorf("got %+v", text)
		}
		for paragraph := range strings.SplitSeq(text.Body, "\n\n") {
			if paragraph == "" || strings.Join(strings.Fields(paragraph), " ") != paragraph {
				t.Errorf("paragraph %q is not clean", paragraph)
			}
		}
	})
}
