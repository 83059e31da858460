package prompt

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/model"
)

// Folder is the prompts of a folder that may change while the program runs. See
// [Dir]. Safe for concurrent use.
type Folder struct {
	files fs.FS

	mu    sync.Mutex
	stamp string
	set   *Set
	err   error
	seen  time.Time
}

// fresh is how long a look at the folder counts.
const fresh = 100 * time.Millisecond

// Dir reads the prompts of a folder anew whenever a file of it has changed, for
// development; see [Folder.Live]. A mistake in a file is the error of every Get until it is cured.
func Dir(folder string) *Folder { return &Folder{files: os.DirFS(folder)} }

// Set gives the prompts as they are now.
func (d *Folder) Set() (*Set, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if !d.seen.IsZero() && now.Sub(d.seen) < fresh {
		return d.set, d.err
	}
	stamp, err := stampOf(d.files)
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	if d.seen.IsZero() || stamp != d.stamp {
		d.set, d.err = Load(d.files)
	}
	d.stamp, d.seen = stamp, now
	return d.set, d.err
}

// Get gives the newest version of a prompt as it is now; see [Set.Get].
func (d *Folder) Get(name string) (*Prompt, error) {
	s, err := d.Set()
	if err != nil {
		return nil, err
	}
	return s.Get(name)
}

// stampOf says how the files of a folder are, so that a change shows.
func stampOf(files fs.FS) (string, error) {
	var b strings.Builder
	err := fs.WalkDir(files, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%q %d %d\n", file, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return b.String(), err
}

// Live gives a prompt that is always as the folder has it, for a node of a flow
// to use while the file is edited. It fails while there is no such prompt, or a
// mistake in a file.
func (d *Folder) Live(name string) *Live { return &Live{folder: d, name: name} }

// Live is a prompt of a [Folder] as it is at the moment it is used.
type Live struct {
	folder *Folder
	name   string
}

// Templates are those of the prompt as it is now.
func (l *Live) Templates() (system, text string, err error) {
	p, err := l.folder.Get(l.name)
	if err != nil {
		return "", "", err
	}
	return p.Templates()
}

// Apply sets what the prompt says now in a request; nothing while it has a
// mistake.
func (l *Live) Apply(r *model.Request) {
	if p, err := l.folder.Get(l.name); err == nil {
		p.Apply(r)
	}
}
