package report

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"shelfcast/evaluate/audit"
)

// WriteFindings writes findings for a terminal, the gravest first.
func WriteFindings(w io.Writer, findings []audit.Finding) error {
	if len(findings) == 0 {
		_, err := fmt.Fprintln(w, "nothing was found")
		return err
	}
	for _, f := range bySeverity(findings) {
		fmt.Fprintf(w, "%-7s %s  %s: %s\n", f.Severity, f.Code, f.What, share(f))
		fmt.Fprintf(w, "              %s", f.Effect)
		if f.Decides != "" {
			fmt.Fprintf(w, " (%s decides)", f.Decides)
		}
		fmt.Fprintln(w)
		for _, e := range f.Examples[:min(len(f.Examples), examplesShown)] {
			fmt.Fprintf(w, "              - %s: %s\n", e.Where, e.Text)
		}
		if more := len(f.Examples) - examplesShown; more > 0 {
			fmt.Fprintf(w, "              - and %d more in the JSON\n", more)
		}
	}
	return nil
}

const examplesShown = 3

// bySeverity returns the findings in the order that they are shown in: the gravest first, then by code.
func bySeverity(findings []audit.Finding) []audit.Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b audit.Finding) int { return int(b.Severity) - int(a.Severity) })
	return sorted
}

// share writes how many there are, of how many.
func share(f audit.Finding) string {
	text := Grouped(f.Count) + " " + f.Unit
	if f.Of > 0 {
		text = fmt.Sprintf("%s of %s %s (%.3g %%)", Grouped(f.Count), Grouped(f.Of), f.Unit, 100*float64(f.Count)/float64(f.Of))
	}
	return text
}

// writeFindings writes one line a finding.
func (r *Report) writeFindings(w io.Writer) {
	for _, f := range bySeverity(r.Findings) {
		fmt.Fprintf(w, "audit\t%s %s: %s, %s\n", f.Severity, f.Code, f.What, share(f))
	}
}

const (
	sparkWidth, sparkHeight = 220.0, 34.0
	sparkEdge               = 3.0
)

// spark draws the values around an example, with its place marked.
func spark(e audit.Example) template.HTML {
	if len(e.Seen) < 2 {
		return ""
	}
	peak := 0.0
	for _, v := range e.Seen {
		if v != nil {
			peak = max(peak, *v)
		}
	}
	x := func(i int) float64 { return sparkEdge + (sparkWidth-2*sparkEdge)*float64(i)/float64(len(e.Seen)-1) }
	var line strings.Builder
	pen := "M"
	for i, v := range e.Seen {
		if v == nil {
			pen = "M"
			continue
		}
		height := 0.0
		if peak > 0 {
			height = max(0, *v) / peak
		}
		fmt.Fprintf(&line, "%s%.1f %.1f", pen, x(i), sparkHeight-sparkEdge-(sparkHeight-2*sparkEdge)*height)
		pen = "L"
	}
	return template.HTML(fmt.Sprintf(
		`<svg class="spark" viewBox="0 0 %g %g" role="img"><path class="origin" d="M%.1f 0V%g"/><path class="seen" d="%s"/></svg>`,
		sparkWidth, sparkHeight, x(e.Mark), sparkHeight, line.String()))
}

// WriteAudit writes an audit for a terminal: what came in, and what was found.
func WriteAudit(w io.Writer, inputs []Input, panel string, findings []audit.Finding) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	(&Report{Inputs: inputs}).writeInputs(tw)
	fmt.Fprintf(tw, "panel\t%s\n\n", panel)
	if err := tw.Flush(); err != nil {
		return err
	}
	return WriteFindings(w, findings)
}
