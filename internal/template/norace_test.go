//go:build !race

package template_test

const raced = false
