package config

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// fraction reports the first number with a fraction in a field of whole numbers of t, which the YAML reader cuts off in silence. Its error
// begins with :line:column.
func fraction(src []byte, t reflect.Type) error {
	for _, name := range wholeNumbers(t, "$") {
		path, err := yaml.PathString(name)
		if err != nil {
			return err // names of fields are valid paths
		}
		node, err := path.ReadNode(bytes.NewReader(src))
		if err != nil || node == nil {
			continue // the field is not there
		}
		nodes := []ast.Node{node}
		if list, ok := node.(*ast.SequenceNode); ok {
			nodes = list.Values
		}
		for _, n := range nodes {
			if f, ok := n.(*ast.FloatNode); ok && f.Value != math.Trunc(f.Value) {
				p := n.GetToken().Position
				return fmt.Errorf(":%d:%d: %s: %s is no whole number; write one without a fraction", p.Line, p.Column, strings.TrimPrefix(name, "$."), f.Token.Value)
			}
		}
	}
	return nil
}

// wholeNumbers returns the paths of the fields of whole numbers in t, those in lists with [*].
func wholeNumbers(t reflect.Type, path string) (paths []string) {
	switch t.Kind() {
	case reflect.Int:
		return []string{path}
	case reflect.Slice:
		return wholeNumbers(t.Elem(), path+"[*]")
	case reflect.Struct:
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
				paths = append(paths, wholeNumbers(t.Field(i).Type, path+"."+name)...)
			}
		}
	}
	return paths
}
