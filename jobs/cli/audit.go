package cli

import (
	"encoding/json"
	"fmt"

	"shelfcast/evaluate/audit"
	"shelfcast/jobs"
	"shelfcast/jobs/config"
	"shelfcast/jobs/forecastfile"
	"shelfcast/jobs/report"
)

type auditCommand struct {
	Config    string `short:"c" placeholder:"F" help:"Audit the inputs of this configuration; the flags that name inputs are then left out."`
	dataFlags `embed:""`
	JSON      string `name:"json" placeholder:"F" help:"Write all findings, with ten examples of each, to this JSON file."`
	FailOn    string `name:"fail-on" default:"error" enum:"error,warning,never" help:"The severity from which on the command ends with exit code 1: error, warning or never."`
}

// Help ends the help text of the command.
func (auditCommand) Help() string {
	return `Looks for what is wrong with the data before a model sees it: duplicates, gaps, returns, changes of unit, outliers, level
shifts, dead and new series, prices that never move or are zero, promotions without a lower price, features that nobody knows
ahead or that echo the demand, keys that differ by case, metadata without a series. Without --frequency and --horizon, periods
are days, and features are looked for 28 of them ahead. Every finding has a code, a severity, a
count, examples, and the field of the configuration that decides. At severity error a night would be refused.

Example:
  shelfcast datasets synth --out chain --series 100 --periods 400
  shelfcast audit --config chain/shelfcast.yaml --json findings.json`
}

// Run audits the inputs.
func (c auditCommand) Run(s *session) error {
	conf, err := c.config(s)
	if err != nil {
		return err
	}
	asOf, err := date(c.AsOf)
	if err != nil {
		return usageError{err}
	}
	if c.JSON != "" {
		if err := forecastfile.CheckFolder(c.JSON); err != nil {
			return err
		}
	}
	n, err := jobs.Plan(conf, asOf)
	if err != nil {
		return usageError{err}
	}
	n.Source = s.source(conf)
	found, err := s.equip(n).Audit(s.ctx)
	if err != nil {
		return err
	}
	if err := writeJSON(c.JSON, found); err != nil {
		return err
	}
	panel := fmt.Sprintf("%s series, %s periods, from %s to %s", report.Grouped(int64(found.Series)), report.Grouped(found.Cells), found.First, found.Last)
	if err := report.WriteAudit(s.out, found.Inputs, panel, found.Findings); err != nil {
		return err
	}
	return c.verdict(found.Findings)
}

// config returns the configuration that is named, or the one that the flags stand for.
func (c auditCommand) config(s *session) (config.Config, error) {
	switch {
	case c.Config != "" && (len(c.Target) > 0 || c.QueryT != ""):
		return config.Config{}, usageError{fmt.Errorf("--config and --target, or --target-query, both name inputs; give one of them")}
	case c.Config != "":
		conf, err := config.Load(c.Config, s.environ)
		if err != nil {
			return conf, err
		}
		return inDrops(conf, "")
	case len(c.Target) == 0 && c.QueryT == "":
		return config.Config{}, usageError{fmt.Errorf("no input is named; give --config, or --target and --frequency")}
	}
	if c.Frequency == "" {
		c.Frequency = "D"
	}
	if c.Horizon == 0 {
		c.Horizon = 28
	}
	conf, err := c.dataFlags.config()
	if err != nil {
		return conf, err
	}
	if err := conf.Check(); err != nil {
		return conf, usageError{err}
	}
	return conf, nil
}

// verdict ends the command with exit code 1 where a finding is as grave as was asked for.
func (c auditCommand) verdict(findings []audit.Finding) error {
	limit := audit.Error
	switch c.FailOn {
	case "never":
		return nil
	case "warning":
		limit = audit.Warning
	}
	for _, f := range findings {
		if f.Severity >= limit {
			return fmt.Errorf("%v %s, %s, is among the findings; mend the data, or change %s", f.Severity, f.Code, f.What, f.Decides)
		}
	}
	return nil
}

// writeJSON writes a value to a file, whole or not at all; no name, no file.
func writeJSON(name string, v any) error {
	if name == "" {
		return nil
	}
	f, err := forecastfile.CreateLines(name)
	if err != nil {
		return err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		f.Abort()
		return err
	}
	return f.Close()
}
