package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
)

// EnvPrefix begins the environment variables that override a field: SHELFCAST_RUN_WORKERS sets run.workers.
const EnvPrefix = "SHELFCAST_"

// Load reads the file, lets the environment override single fields, makes paths relative to the file absolute and checks
// the whole. Environ is os.Environ() in the product.
func Load(name string, environ []string) (Config, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w; name an existing file with --config", err)
	}
	c, err := Parse(src, environ)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration %s%w", name, err)
	}
	c.resolve(filepath.Dir(name))
	return c, nil
}

// Parse reads a configuration from YAML. Its errors begin with the line and column, as :3:5: and so on, or with ": ".
func Parse(src []byte, environ []string) (Config, error) {
	c := Default()
	dec := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict())
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, located(src, err)
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return c, errors.New(": a second document follows; a configuration is one document, without a line of ---")
	}
	if err := fraction(src, reflect.TypeFor[Config]()); err != nil {
		return c, err
	}
	options := env.Options{Prefix: EnvPrefix, Environment: env.ToMap(environ)}
	err := env.ParseWithOptions(&c, options)
	if err != nil {
		return c, fmt.Errorf(": environment: %s; mend or unset the variable of that field, which begins with %s", oneLine(err), EnvPrefix)
	}
	if err := misspelt(environ, options); err != nil {
		return c, fmt.Errorf(": environment: %w", err)
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf(": %w", err)
	}
	return c, nil
}

// located turns an error of the YAML reader into one line that begins with :line:column.
func located(src []byte, err error) error {
	if named := textError(src); named != nil {
		return named
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		p := at.GetToken().Position
		return fmt.Errorf(":%d:%d: %s", p.Line, p.Column, said(at))
	}
	return fmt.Errorf(": %s", oneLine(err))
}

// said returns what the YAML reader says, without the types of Go and with the field that was likely meant.
func said(err yaml.Error) string {
	return goType.ReplaceAllString(err.GetMessage(), "$1 cannot be read as $2") + meant(err.GetMessage())
}

// textError returns the error of the first field that is read from its text and cannot be: the YAML reader leaves its line
// out.
func textError(src []byte) error {
	for _, field := range []struct {
		path string
		into encoding.TextUnmarshaler
	}{{"$.input.frequency", new(demand.Freq)}, {"$.input.aggregation", new(ingest.Aggregation)}, {"$.input.import", new(ingest.Import)}, {"$.schedule.watch.poll", new(Duration)}, {"$.run.shard_timeout", new(Duration)}, {"$.run.memory", new(Size)}} {
		path, err := yaml.PathString(field.path)
		if err != nil {
			return err // the path is a constant and valid
		}
		node, err := path.ReadNode(bytes.NewReader(src))
		if err != nil || node == nil {
			continue
		}
		if err := field.into.UnmarshalText([]byte(node.GetToken().Value)); err != nil {
			p := node.GetToken().Position
			return fmt.Errorf(":%d:%d: %s: %w", p.Line, p.Column, strings.TrimPrefix(field.path, "$."), err)
		}
	}
	return nil
}

// goType is how the YAML reader speaks of a value that does not fit its field.
var goType = regexp.MustCompile(`cannot unmarshal (\S+) into Go (?:struct field \S+|value) of type (\S+)`)

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (c *Config) resolve(dir string) {
	for _, list := range [][]string{c.Input.Target, c.Input.Related, c.Calendar.Files, c.Calendar.Closed.Files} {
		for i := range list {
			list[i] = under(dir, list[i])
		}
	}
	for _, p := range []*string{&c.Input.Items, &c.Input.Stores, &c.Input.Schema.Target, &c.Input.Schema.Related, &c.Input.Schema.Items, &c.Input.Queries.URLFile, &c.Schedule.Watch.Dir, &c.Schedule.Watch.State, &c.Run.TempDir, &c.Database.URLFile, &c.Database.Dir, &c.Report.Dir} {
		*p = under(dir, *p)
	}
}

func under(dir, name string) string {
	if name == "" || strings.Contains(name, "://") || strings.HasPrefix(name, DropPath) || strings.HasPrefix(name, AllDropsPath) || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
