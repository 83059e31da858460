// Package corpus finds the conformance cases, which are not part of this
// repository.
package corpus

import (
	"fmt"
	"os"
	"path/filepath"
)

// Variable is the environment variable that names the folder of the suites.
const Variable = "FLOWSTONE_CONFORMANCE"

// Dir gives the folder with the cases of a suite. data, if it is not empty, is
// that folder or holds it under the suite's name; else the folder that
// [Variable] names holds it, else ../shared/conformance, seen from the working
// directory or from the root of the repository around it. An error says where
// it was looked for.
func Dir(data, suite string) (string, error) {
	if data != "" {
		if under := filepath.Join(data, suite); isDir(under) {
			return under, nil
		}
		if isDir(data) {
			return data, nil
		}
		return "", fmt.Errorf("no folder %s", data)
	}
	if root := os.Getenv(Variable); root != "" {
		if dir := filepath.Join(root, suite); isDir(dir) {
			return dir, nil
		}
		return "", fmt.Errorf("no folder %s in %s, which %s names", suite, root, Variable)
	}
	shared := filepath.Join("..", "shared", "conformance", suite)
	if isDir(shared) {
		return shared, nil
	}
	if root, ok := repository(); ok {
		if dir := filepath.Join(root, shared); isDir(dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no cases at %s, and %s names no folder", shared, Variable)
}

// repository looks upwards for the folder with the workspace file.
func repository() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if info, err := os.Stat(filepath.Join(dir, "go.work")); err == nil && !info.IsDir() {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
