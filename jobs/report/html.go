package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
)

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"grouped":  func(n any) string { return Grouped(asInt(n)) },
	"rounded":  Rounded,
	"counted":  counted,
	"headline": func() []string { return headline },
	"cell":     func(m Model, metric string) string { return cell(m, metric) },
	"label":    func(m Model) string { return m.label() },
	"total":    totalChart,
	"sample":   sampleChart,
	"parts":    partsChart,
	"bars":     metricBars,
	"phases":   phaseBars,
	"coverage": coverageBars,
	"spark":    spark,
	"graded":   bySeverity,
	"share":    share,
	"gib":      func(n int64) string { return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30)) },
}).Parse(page))

func asInt(n any) int64 {
	switch v := n.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	}
	return 0
}

func cell(m Model, metric string) string {
	if v, ok := m.Mean(metric); ok {
		return fmt.Sprintf("%.4f", v)
	}
	return "–"
}

// WriteHTML writes the report as one page that needs no other file and no network.
func (r *Report) WriteHTML(w io.Writer) error { return pageTemplate.Execute(w, r) }

// Save writes the page into a folder, which it makes, and returns the page's name: run-DATE-attempt-N.html. The page
// appears under its name only when it is whole.
func (r *Report) Save(dir string) (string, error) {
	name := filepath.Join(dir, fmt.Sprintf("run-%s-attempt-%d.html", r.BusinessDate, r.Attempt))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	f, err := os.CreateTemp(dir, ".run-*.html")
	if err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	defer os.Remove(f.Name())
	err = r.WriteHTML(f)
	if chmod := f.Chmod(0o644); err == nil {
		err = chmod
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return "", fmt.Errorf("write report %s: %w", name, err)
	}
	return name, nil
}
