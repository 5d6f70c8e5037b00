package report

import (
	"fmt"
	"html/template"
	"strings"
)

// The parts of a forecast stand side by side, in panes of these sizes, in SVG units.
const (
	paneColumns           = 3
	paneWidth, paneHeight = width / paneColumns, 92.0
	paneLeft, paneRight   = 44.0, 10.0
	paneTop, paneBottom   = 20.0, 10.0
	paneName              = 26 // letters of a name that a pane has room for
)

// scale is the range of units that a pane shows; it holds 0.
type scale struct{ low, high float64 }

func (s scale) with(values []float64) scale {
	for _, v := range values {
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	return s
}

// y returns the place of v in a pane, from its top.
func (s scale) y(v float64) float64 {
	span := s.high - s.low
	if span == 0 {
		span = 1
	}
	return paneTop + (paneHeight-paneTop-paneBottom)*(s.high-v)/span
}

// partsChart draws each part of a forecast in a pane of its own: the first on its own scale, the others on one, so that their sizes
// can be compared.
func partsChart(s Sample) template.HTML {
	first, others := scale{}.with(s.Parts[0].Value), scale{}
	for _, p := range s.Parts[1:] {
		others = others.with(p.Value)
	}
	rows := (len(s.Parts) + paneColumns - 1) / paneColumns
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img">`, width, paneHeight*float64(rows))
	for k, p := range s.Parts {
		at := others
		if k == 0 {
			at = first
		}
		fmt.Fprintf(&b, `<g transform="translate(%.1f %.1f)">%s</g>`, paneWidth*float64(k%paneColumns), paneHeight*float64(k/paneColumns), pane(p, at))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// pane draws one part: its name, the highest and lowest units of the scale, 0, and its values, each as wide as its period.
func pane(p Part, at scale) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<text x="%g" y="13">%s</text>`, paneLeft, template.HTMLEscapeString(shortened(p.Name)))
	for _, v := range []float64{at.high, at.low} {
		if v != 0 {
			fmt.Fprintf(&b, `<text x="%g" y="%.1f" text-anchor="end">%s</text>`, paneLeft-5, at.y(v)+4, signed(v))
		}
	}
	fmt.Fprintf(&b, `<line class="axis" x1="%g" y1="%.1f" x2="%.1f" y2="%.1f"/>`, paneLeft, at.y(0), paneWidth-paneRight, at.y(0))
	x := func(j int) float64 {
		return paneLeft + (paneWidth-paneLeft-paneRight)*float64(j)/float64(len(p.Value))
	}
	b.WriteString(`<path class="part" d="`)
	pen := fmt.Sprintf("M%g ", paneLeft) // then up and down, and a step to the right
	for j, v := range p.Value {
		fmt.Fprintf(&b, "%s%.1fH%.1f", pen, at.y(v), x(j+1))
		pen = "V"
	}
	b.WriteString(`"/>`)
	return b.String()
}

// signed is short for a number of either sign.
func signed(v float64) string {
	if v < 0 {
		return "−" + short(-v)
	}
	return short(v)
}

// shortened returns a name that fits over a pane.
func shortened(name string) string {
	if letters := []rune(name); len(letters) > paneName {
		return string(letters[:paneName-1]) + "…"
	}
	return name
}
