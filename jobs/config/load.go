package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"
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
		return c, located(err)
	}
	err := env.ParseWithOptions(&c, env.Options{Prefix: EnvPrefix, Environment: env.ToMap(environ)})
	if err != nil {
		return c, fmt.Errorf(": environment: %s", oneLine(err))
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf(": %w", err)
	}
	return c, nil
}

// located turns an error of the YAML reader into one line that begins with :line:column.
func located(err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		p := at.GetToken().Position
		return fmt.Errorf(":%d:%d: %s", p.Line, p.Column, at.GetMessage())
	}
	return fmt.Errorf(": %s", oneLine(err))
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (c *Config) resolve(dir string) {
	for _, list := range [][]string{c.Input.Target, c.Input.Related} {
		for i := range list {
			list[i] = under(dir, list[i])
		}
	}
	for _, p := range []*string{&c.Input.Items, &c.Input.Stores, &c.Database.URLFile, &c.Report.Dir} {
		*p = under(dir, *p)
	}
}

func under(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
