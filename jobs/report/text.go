package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// headline are the metrics that a reader sees first, in this order.
var headline = []string{"wql", "wape", "rmse", "mase", "rmsse", "over_forecast_ratio"}

// WriteText writes the report for a terminal.
func (r *Report) WriteText(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "\n%s\n\n", r.title())
	r.writeIn(tw)
	r.writeFindings(tw)
	r.writeOut(tw)
	r.writeModels(tw)
	r.writePhases(tw)
	for _, note := range r.Notes {
		fmt.Fprintf(tw, "note\t%s\n", note)
	}
	for _, look := range r.Look {
		fmt.Fprintf(tw, "look\t%s\n", look)
	}
	return tw.Flush()
}

// WriteScores writes the table of scores and the time they took.
func (r *Report) WriteScores(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.writeModels(tw)
	r.writePhases(tw)
	return tw.Flush()
}

// WriteRows writes what became of the rows of each input, and the notes.
func (r *Report) WriteRows(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.writeInputs(tw)
	for _, note := range r.Notes {
		fmt.Fprintf(tw, "note\t%s\n", note)
	}
	return tw.Flush()
}

func (r *Report) title() string {
	what := "forecast"
	if r.RunID > 0 {
		what = fmt.Sprintf("run %d, attempt %d", r.RunID, r.Attempt)
	}
	return fmt.Sprintf("business date %s, %s: %d periods from %s", r.BusinessDate, what, r.Horizon, r.FirstPeriod)
}

func (r *Report) writeIn(w io.Writer) {
	r.writeInputs(w)
	fmt.Fprintf(w, "panel\t%s series, %s periods, %s of them filled\n", Grouped(int64(r.Series.In)), Grouped(int64(r.Cells)), Grouped(int64(r.FilledCells)))
}

func (r *Report) writeInputs(w io.Writer) {
	for _, in := range r.Inputs {
		fmt.Fprintf(w, "%s\trows in %s = used %s + not needed %s + rejected %s\n", in.Name,
			Grouped(in.Rows), Grouped(in.Used), counted(in.NotNeeded), counted(in.Rejected))
		if in.Columns != "" {
			fmt.Fprintf(w, "\tcolumns %s\n", in.Columns)
		}
	}
}

func (r *Report) writeOut(w io.Writer) {
	fmt.Fprintf(w, "series\tin %s = forecast %s + quarantined %s\n", Grouped(int64(r.Series.In)), Grouped(int64(r.Series.Forecast)), counted(r.Quarantine))
	fmt.Fprintf(w, "rows out\t%s = %s series × %d periods\n", Grouped(int64(r.Rows)), Grouped(int64(r.Series.In)), r.Horizon)
	var by []string
	for _, c := range r.By {
		by = append(by, fmt.Sprintf("%s %s", c.Name, Grouped(c.N)))
	}
	fmt.Fprintf(w, "made by\t%s\n", strings.Join(by, ", "))
}

func (r *Report) writeModels(w io.Writer) {
	if len(r.Models) == 0 {
		return
	}
	fmt.Fprintf(w, "\nbacktest\t%s\n", strings.Join(headline, "\t"))
	for _, m := range r.Models {
		cells := make([]string, len(headline))
		for i, name := range headline {
			cells[i] = "–"
			if v, ok := m.Mean(name); ok {
				cells[i] = fmt.Sprintf("%.4f", v)
			}
		}
		fmt.Fprintf(w, "%s\t%s\n", m.label(), strings.Join(cells, "\t"))
	}
	fmt.Fprintln(w)
}

func (m Model) label() string {
	if m.Floor {
		return m.Name + " (floor)"
	}
	return m.Name
}

func (r *Report) writePhases(w io.Writer) {
	var parts []string
	for _, p := range r.Phases {
		parts = append(parts, fmt.Sprintf("%s %s", p.Name, Rounded(p.Took)))
	}
	fmt.Fprintf(w, "time\t%s: %s\n", Rounded(r.Took()), strings.Join(parts, ", "))
	if r.Shards > 0 {
		fmt.Fprintf(w, "work\t%d shards on %d workers, %d taken over from an interrupted try", r.Shards, r.Workers, r.Resumed)
		if r.PeakBytes > 0 {
			fmt.Fprintf(w, "; peak memory %.2f GiB", float64(r.PeakBytes)/(1<<30))
		}
		fmt.Fprintln(w)
	}
}

// counted writes a sum and its parts: 5 (too_short 3, panic 2).
func counted(counts []Count) string {
	text := Grouped(sum(counts))
	var parts []string
	for _, c := range counts {
		if c.N > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", c.Name, Grouped(c.N)))
		}
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

// Grouped writes n with commas between groups of three digits.
func Grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Rounded writes d with three digits or so.
func Rounded(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
