package extract

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// markdown renders CommonMark with GitHub's tables and strikethrough. HTML in
// the text is kept, since it is read as HTML next.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))

// frontMatter is the YAML block that site generators put on top.
var frontMatter = regexp.MustCompile(`\A---\n(?s:(.*?)\n)?(---|\.\.\.)\n`)

var frontTitle = regexp.MustCompile(`(?m)^title:\s*["']?(.*?)["']?\s*$`)

// parseMarkdown reads Markdown as the page that it makes.
func parseMarkdown(text string) (*Text, error) {
	text = newlines.Replace(text)
	title := ""
	if front := frontMatter.FindStringSubmatch(text); front != nil {
		text = text[len(front[0]):]
		if t := frontTitle.FindStringSubmatch(front[1]); t != nil {
			title = t[1]
		}
	}
	var page strings.Builder
	if err := markdown.Convert([]byte(text), &page); err != nil {
		return nil, err
	}
	read := parseHTML(page.String())
	if title != "" {
		read.Title = title
	}
	return read, nil
}
