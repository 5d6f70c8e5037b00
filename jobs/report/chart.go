package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// A chart is drawn on a canvas of these sizes, in SVG units.
const (
	width, height     = 760.0, 220.0
	left, right       = 56.0, 8.0
	top, bottom       = 10.0, 24.0
	barHeight, barGap = 18.0, 6.0
	barLabel          = 190.0
	barWidth          = 420.0
)

// axes maps periods and units to the canvas.
type axes struct {
	n    int     // periods
	peak float64 // units at the top
}

func (a axes) x(i int) float64 {
	return left + (width-left-right)*float64(i)/math.Max(1, float64(a.n-1))
}

func (a axes) y(v float64) float64 {
	return height - bottom - (height-top-bottom)*v/a.peak
}

// path draws a line through values that begin at period first; a NaN breaks it.
func (a axes) path(first int, values []float64) string {
	var b strings.Builder
	pen := "M"
	for i, v := range values {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, a.x(first+i), a.y(v))
		pen = "L"
	}
	return b.String()
}

// area draws the band between two lines.
func (a axes) area(first int, low, high []float64) string {
	var b strings.Builder
	b.WriteString(a.path(first, high))
	for i := len(low) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "L%.1f %.1f", a.x(first+i), a.y(low[i]))
	}
	return b.String() + "Z"
}

func peakOf(series ...[]float64) float64 {
	peak := 0.0
	for _, s := range series {
		for _, v := range s {
			if v > peak {
				peak = v
			}
		}
	}
	if peak == 0 {
		return 1
	}
	return 1.05 * peak
}

// frame draws the axis labels: 0 and the peak in units, the first period and the first forecast period.
func (a axes) frame(start, first string, origin int, body string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %g %g" role="img">
<line class="axis" x1="%g" y1="%.1f" x2="%g" y2="%.1f"/>
<text x="%g" y="%.1f" text-anchor="end">0</text><text x="%g" y="%g" text-anchor="end">%s</text>
<text x="%g" y="%g">%s</text><text x="%.1f" y="%g" text-anchor="middle">%s</text>
<line class="origin" x1="%.1f" y1="%g" x2="%.1f" y2="%.1f"/>
%s</svg>`,
		width, height, left, a.y(0), width-right, a.y(0), left-6, a.y(0), left-6, top+10, short(a.peak),
		left, height-6, template.HTMLEscapeString(start), a.x(origin), height-6, template.HTMLEscapeString(first),
		a.x(origin), top, a.x(origin), a.y(0), body))
}

func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.1fM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0fk", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

func totalChart(r *Report) template.HTML {
	t := r.Total
	a := axes{len(t.Observed) + len(t.Mean), peakOf(t.Observed, t.Mean)}
	return a.frame(t.Start, r.FirstPeriod, len(t.Observed), fmt.Sprintf(`<path class="seen" d="%s"/><path class="mean" d="%s"/>`,
		a.path(0, t.Observed), a.path(len(t.Observed), t.Mean)))
}

func sampleChart(r *Report, s Sample) template.HTML {
	seen := make([]float64, len(s.Observed))
	for i, v := range s.Observed {
		seen[i] = math.NaN()
		if v != nil {
			seen[i] = *v
		}
	}
	a := axes{len(seen) + len(s.Mean), peakOf(seen, s.Mean, s.High)}
	return a.frame(s.Start, r.FirstPeriod, len(seen), fmt.Sprintf(`<path class="fan" d="%s"/><path class="seen" d="%s"/><path class="mean" d="%s"/>`,
		a.area(len(seen), s.Low, s.High), a.path(0, seen), a.path(len(seen), s.Mean)))
}

// bar is one bar of a chart.
type bar struct {
	label, text string
	size        float64 // in the units of the chart
	quiet       bool    // drawn in a weaker colour
	mark        float64 // where a mark stands on the bar, in the units of the chart; NaN for none
}

func bars(list []bar) template.HTML {
	peak := 0.0
	for _, b := range list {
		peak = max(peak, b.size)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg viewBox="0 0 %g %g" role="img">`, width, (barHeight+barGap)*float64(len(list))+barGap)
	for i, b := range list {
		y := barGap + (barHeight+barGap)*float64(i)
		class := "bar"
		if b.quiet {
			class = "bar quiet"
		}
		w := 0.0
		if peak > 0 {
			w = barWidth * b.size / peak
		}
		fmt.Fprintf(&out, `<text x="%g" y="%.1f" text-anchor="end">%s</text><rect class="%s" x="%g" y="%.1f" width="%.1f" height="%g"/><text x="%.1f" y="%.1f">%s</text>`,
			barLabel-8, y+13, template.HTMLEscapeString(b.label), class, barLabel, y, w, barHeight, barLabel+w+8, y+13, template.HTMLEscapeString(b.text))
		if !math.IsNaN(b.mark) && peak > 0 {
			x := barLabel + barWidth*b.mark/peak
			fmt.Fprintf(&out, `<line class="mark" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, x, y-2, x, y+barHeight+2)
		}
	}
	out.WriteString("</svg>")
	return template.HTML(out.String())
}

func metricBars(r *Report, metric string) template.HTML {
	var list []bar
	for _, m := range r.Models {
		if v, ok := m.Mean(metric); ok {
			list = append(list, bar{m.label(), fmt.Sprintf("%.4f", v), v, !m.Chosen, math.NaN()})
		}
	}
	return bars(list)
}

func phaseBars(r *Report) template.HTML {
	var list []bar
	for _, p := range r.Phases {
		list = append(list, bar{p.Name, Rounded(p.Took), p.Took.Seconds(), false, math.NaN()})
	}
	return bars(list)
}

// coverageBars draws, for the choice among models, the share of outcomes at or below each quantile; the mark is the level.
func coverageBars(r *Report) template.HTML {
	var list []bar
	for _, m := range r.Models {
		if !m.Chosen {
			continue
		}
		for _, s := range m.Scores {
			if s.Metric == "coverage" && s.Window == 0 && s.Level != nil && s.Value != nil {
				list = append(list, bar{fmt.Sprintf("at or below p%g", 100**s.Level), fmt.Sprintf("%.1f %%", 100**s.Value), *s.Value, false, *s.Level})
			}
		}
	}
	return bars(list)
}
