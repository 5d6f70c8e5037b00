package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"shelfcast/engine/nearest"
)

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// meant says which field was likely meant by one that the YAML reader does not know; "" where none is near.
func meant(message string) string {
	m := unknownField.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	if like := nearest.Name(m[1], fieldNames(reflect.TypeFor[Config](), nil)); like != "" {
		return fmt.Sprintf("; did you mean %q?", like)
	}
	return "; schemas/config.example.yaml has all of them"
}

// fieldNames returns the names that fields have in YAML, in all structs of t.
func fieldNames(t reflect.Type, names []string) []string {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		return fieldNames(t.Elem(), names)
	case reflect.Struct:
	default:
		return names
	}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" && !slices.Contains(names, name) {
			names = fieldNames(t.Field(i).Type, append(names, name))
		}
	}
	return names
}

// otherVariables begin like those of fields and are read elsewhere.
var otherVariables = []string{"HOME", "PGBIN", "INPUT_DATABASE_URL"}

// misspelt reports a variable of the environment that is no field, and is spelt much like one: it would be ignored in silence.
func misspelt(environ []string, options env.Options) error {
	fields, err := env.GetFieldParamsWithOptions(&Config{}, options)
	if err != nil {
		return err
	}
	var known []string // without the prefix, which is as good as half of a name
	for _, f := range fields {
		known = append(known, strings.TrimPrefix(f.Key, EnvPrefix))
	}
	for _, pair := range environ {
		variable, _, _ := strings.Cut(pair, "=")
		name, ours := strings.CutPrefix(variable, EnvPrefix)
		if !ours || slices.Contains(known, name) || slices.Contains(otherVariables, name) {
			continue
		}
		if like := nearest.Name(name, known); like != "" {
			return fmt.Errorf("%s sets nothing; did you mean %s%s? unset it if not", variable, EnvPrefix, like)
		}
	}
	return nil
}
