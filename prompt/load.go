package prompt

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Set is the prompts of a file system. It is immutable.
type Set struct {
	prompts map[string][]*Prompt // by name; the newest first
}

// Load reads every file of a file system as a prompt, but for those whose name
// begins with a dot or an underscore, and README.md. The error names file and line
// of each mistake: settings that are not known, variables that are named but not
// used or used but not named, two files of one name and version.
func Load(files fs.FS) (*Set, error) {
	s := &Set{prompts: map[string][]*Prompt{}}
	var errs []error
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		switch name := path.Base(file); {
		case err != nil:
			return err
		case file != "." && (name[0] == '.' || name[0] == '_'):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir(), name == "README.md":
			return nil
		}
		data, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		p, wrong := parse(nameOf(file), data)
		if len(wrong) == 0 {
			wrong = s.add(p)
		}
		if len(wrong) > 0 {
			errs = append(errs, wrong.in(file+":"))
		}
		return nil
	})
	if err = errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	return s, nil
}

func nameOf(file string) string {
	dir, base := path.Split(file)
	base, _, _ = strings.Cut(base, ".")
	return dir + base
}

func (s *Set) add(p *Prompt) (wrong mistakes) {
	for _, other := range s.prompts[p.Name] {
		if other.Version == p.Version {
			wrong.add(1, "there is another file for %s of %q (give one of them another version)", versionName(p.Version), p.Name)
			return wrong
		}
	}
	s.prompts[p.Name] = append(s.prompts[p.Name], p)
	slices.SortFunc(s.prompts[p.Name], func(a, b *Prompt) int {
		if a.Version == 0 || b.Version == 0 {
			return cmp.Compare(a.Version, b.Version) // a draft is the newest
		}
		return cmp.Compare(b.Version, a.Version)
	})
	return nil
}

func versionName(v int) string {
	if v == 0 {
		return "the draft"
	}
	return fmt.Sprintf("version %d", v)
}

// Names are the names of all prompts, sorted.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.prompts))
	for name := range s.prompts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Get gives the newest version of a prompt: its draft, if it has one.
func (s *Set) Get(name string) (*Prompt, error) {
	if list := s.prompts[name]; len(list) > 0 {
		return list[0], nil
	}
	return nil, fmt.Errorf("there is no prompt %q; there are: %s", name, strings.Join(s.Names(), ", "))
}

// Version gives one version of a prompt; 0 is the draft.
func (s *Set) Version(name string, version int) (*Prompt, error) {
	list, err := s.Get(name)
	if err != nil {
		return nil, err
	}
	for _, p := range s.prompts[list.Name] {
		if p.Version == version {
			return p, nil
		}
	}
	return nil, fmt.Errorf("prompt %q has no %s", name, strings.TrimPrefix(versionName(version), "the "))
}
