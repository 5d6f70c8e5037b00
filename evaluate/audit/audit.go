// Package audit looks for what is wrong with the data of a night before a model sees it: it names what it finds by a code,
// counts it, shows where, and says which field of the configuration decides what becomes of it. It changes nothing.
//
// Codes never change their meaning. What a detector looks for, exactly, stands in the comment of its function.
//
//	D001 duplicate rows              V001 negative demand          P001 constant price
//	D002 periods without a row       V002 leading zeros            P002 price of zero or less
//	D003 empty demand                V003 outliers                 P003 promotion without a lower price
//	D004 keys that differ by case    V004 level shift              P004 change of the unit of a price
//	     or blanks                   V005 change of the unit of    R001 rejected rows
//	S001 dead series                      the demand               C001 features missing in the past
//	S002 new series                  V006 zeros that look like     C002 features missing in the horizon
//	L001 feature not known ahead          stock-outs               M001 series without item metadata
//	L002 feature that echoes the     V007 censored periods         M002 series without store metadata
//	     demand                                                    M003 metadata without a series
//
// D001, D002, V001 and V002 mean what they mean in Nixtla's data audit.
package audit

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"shelfcast/engine/demand"
)

// Severity says what a finding means for a night.
type Severity uint8

// The severities, gravest last.
const (
	Info    Severity = iota // it is so, and handled as the finding says
	Warning                 // somebody should look: forecasts may be worse for it
	Error                   // a night is refused until it is mended, or until the configuration allows it
)

var severityNames = []string{"info", "warning", "error"}

// String returns info, warning or error.
func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *Severity) UnmarshalText(b []byte) error {
	i := slices.Index(severityNames, string(b))
	if i < 0 {
		return fmt.Errorf("read severity %q: not known; use one of %v", b, severityNames)
	}
	*s = Severity(i)
	return nil
}

// Finding is one kind of fault and all places where it was found.
type Finding struct {
	Code     string    `json:"code"`
	Severity Severity  `json:"severity"`
	What     string    `json:"what"`
	Count    int64     `json:"count"` // of Unit
	Of       int64     `json:"of"`    // how many there are; 0 where that says nothing
	Unit     string    `json:"unit"`  // rows, series, periods, values or keys
	Effect   string    `json:"effect"`
	Decides  string    `json:"decides"` // field of the configuration; "" where none does
	Examples []Example `json:"examples"`
}

// Example is one place.
type Example struct {
	Where string     `json:"where"` // a series and a period, or a file and a line
	Text  string     `json:"text"`
	Seen  []*float64 `json:"seen,omitempty"` // values around it, for a picture; nil = not observed
	Mark  int        `json:"mark"`           // the place in Seen that it is about
}

// Examples is how many places a finding names.
const Examples = 10

// Panel audits the series of a panel: each detector on every series, on so many goroutines. Findings come in the order of
// their codes and are the same for any number of them. A code that was not found is not there.
func Panel(p *demand.Panel, workers int) []Finding {
	var g Gatherer
	g.Add(p, workers)
	return g.Findings()
}

// Gatherer looks for what is wrong with series that come in parts, in the order of keys. The zero value is ready for use.
type Gatherer struct {
	found []Finding
	echo  echo
}

// Add looks at the series of p. What is found does not depend on the number of workers, nor on the cut into parts.
func (g *Gatherer) Add(p *demand.Panel, workers int) {
	ranges := make([][]Finding, rangesOf(p))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, workers) {
		wg.Go(func() {
			for k := range next {
				ranges[k] = auditRange(p, k*rangeSeries, min((k+1)*rangeSeries, p.Len()))
			}
		})
	}
	for k := range ranges {
		next <- k
	}
	close(next)
	wg.Wait()
	g.found = sum(append([][]Finding{g.found}, ranges...)...)
	g.echo.add(p)
}

// Findings returns what was found in all series.
func (g *Gatherer) Findings() []Finding { return Merge(g.found, g.echo.findings()) }

const rangeSeries = 256

func rangesOf(p *demand.Panel) int { return (p.Len() + rangeSeries - 1) / rangeSeries }

// detector looks at one series. It returns how many periods have the fault, and the first or worst of them.
type detector struct {
	finding Finding // without counts
	find    func(s *series) (periods int, at int, text string)
	series  bool // count series instead of periods
}

// series is one series with what detectors share.
type series struct {
	demand.Series
	season  int // periods; at least 1
	move    move
	buffers [4][]float64
}

var detectors = slices.Concat(life, levels, prices)

func auditRange(p *demand.Panel, lo, hi int) []Finding {
	found := make([]Finding, len(detectors))
	s := &series{season: p.Cal.Season()}
	for d := range detectors {
		found[d] = detectors[d].finding
	}
	for i := lo; i < hi; i++ {
		s.Series = p.At(i)
		s.move = s.findMove()
		for d := range detectors {
			n, at, text := detectors[d].find(s)
			found[d].Of += of(detectors[d], s)
			if n == 0 {
				continue
			}
			if detectors[d].series {
				n = 1
			}
			found[d].Count += int64(n)
			if len(found[d].Examples) < Examples {
				found[d].Examples = append(found[d].Examples, s.example(at, text))
			}
		}
	}
	return found
}

func of(d detector, s *series) int64 {
	if d.series {
		return 1
	}
	return int64(len(s.Y))
}

const (
	seenBefore = 60 // periods of an example's picture
	seenAfter  = 30
)

// example shows the demand around a period.
func (s *series) example(at int, text string) Example {
	lo, hi := max(0, at-seenBefore), min(len(s.Y), at+seenAfter)
	e := Example{Where: fmt.Sprintf("%v at %s", s.Key, s.Cal.Format(s.Start+demand.Period(at))), Text: text, Mark: at - lo}
	for _, y := range s.Y[lo:hi] {
		var seen *float64
		if y == y {
			seen = &y
		}
		e.Seen = append(e.Seen, seen)
	}
	return e
}

// Merge adds findings up by their code, and leaves out what was not found.
func Merge(lists ...[]Finding) []Finding {
	all := slices.DeleteFunc(sum(lists...), func(f Finding) bool { return f.Count == 0 })
	slices.SortStableFunc(all, func(a, b Finding) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// sum adds up findings of the same code and text, in the order that they come in.
func sum(lists ...[]Finding) []Finding {
	var all []Finding
	for _, list := range lists {
		for _, f := range list {
			i := slices.IndexFunc(all, func(g Finding) bool { return g.Code == f.Code && g.What == f.What })
			if i < 0 {
				all = append(all, f)
				continue
			}
			g := &all[i]
			g.Count, g.Of, g.Severity = g.Count+f.Count, g.Of+f.Of, max(g.Severity, f.Severity)
			g.Examples = append(g.Examples, f.Examples[:min(len(f.Examples), Examples-len(g.Examples))]...)
		}
	}
	return all
}

// Worst returns the gravest severity, and false where there is no finding.
func Worst(findings []Finding) (Severity, bool) {
	worst := Info
	for _, f := range findings {
		worst = max(worst, f.Severity)
	}
	return worst, len(findings) > 0
}
