package jobs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
	"shelfcast/jobs/report"
)

// maxExamples is the number of quarantined series that the report names.
const maxExamples = 20

// evidence is what the report needs of one shard. It rests in the run ledger, so that a night that is taken up reports as
// one that was never interrupted; its sums are exact, so that the report does not depend on how series were cut into
// shards.
type evidence struct {
	Series    int                  `json:"series"`
	Reasons   []report.Count       `json:"reasons"` // quarantined series by reason
	Examples  []report.Quarantined `json:"examples"`
	By        []report.Count       `json:"by"`
	Fallbacks int                  `json:"fallbacks"` // series made by another model than the one chosen for them
	Tallies   [][]*score.Tally     `json:"tallies"`   // [model][window]; last the choice, where there is one
	Mean      []*score.Sum         `json:"mean"`      // units in each period of the horizon
	Samples   []report.Sample      `json:"samples"`

	Unexplained int    `json:"unexplained,omitempty"` // series whose model explains itself, but could not
	WhyNot      string `json:"why_not,omitempty"`     // the first of them, and the reason
}

func readEvidence(saved []byte) (*evidence, error) {
	var e evidence
	if err := json.Unmarshal(saved, &e); err != nil {
		return nil, fmt.Errorf("read what the ledger keeps of a shard: %w", err)
	}
	return &e, nil
}

// gather makes the evidence of a shard from its forecast. Tallies are added by the caller.
func gather(p *demand.Panel, f *demand.Forecast, series []SeriesResult, ex explained, samples []int) *evidence {
	e := &evidence{Series: p.Len(), Mean: make([]*score.Sum, f.H), Unexplained: len(ex.failed)}
	if e.Unexplained > 0 {
		e.WhyNot = firstLine(ex.failed[0])
	}
	for j := range e.Mean {
		e.Mean[j] = new(score.Sum)
	}
	for i, r := range series {
		e.By = count(e.By, f.By[i], 1)
		if f.By[i] != r.Chosen {
			e.Fallbacks++
		}
		for j, m := range f.Fan(i).Mean {
			e.Mean[j].Add(m)
		}
		if r.Why == nil {
			continue
		}
		reason := demand.Reason(r.Why)
		e.Reasons = count(e.Reasons, reason, 1)
		if len(e.Examples) < maxExamples {
			e.Examples = append(e.Examples, report.Quarantined{Key: p.Keys[i], Reason: reason, Detail: firstLine(r.Why)})
		}
	}
	for _, i := range samples {
		e.Samples = append(e.Samples, sampleOf(p.At(i), f, i, ex.parts[i]))
	}
	return e
}

// firstLine returns an error without the stack that a panic brings.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// oneLine returns an error of several parts in one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// count adds n to the count of name, and keeps the list sorted by name.
func count(list []report.Count, name string, n int64) []report.Count {
	at, ok := slices.BinarySearchFunc(list, name, func(c report.Count, s string) int { return cmp.Compare(c.Name, s) })
	if ok {
		list[at].N += n
		return list
	}
	return slices.Insert(list, at, report.Count{Name: name, N: n})
}

// collected is the evidence of a run while its shards finish. Scores and means are added at once, in whatever order the
// shards come: their sums are exact, and a quarter of a megabyte for each shard is too much to keep.
type collected struct {
	shards   []*evidence // by number, without scores and means; nil where the shard is not finished
	tallies  [][]*score.Tally
	mean     []*score.Sum
	unscored int // finished shards without scores: no backtest was run, or the floor model stood in for the whole shard
}

// left tells whether a shard is still to be worked through.
func (c *collected) left(s Shard) bool { return c.shards[s.Number] == nil }

// points returns how many points of all windows the first model was scored on, and how many were left out for a filled one.
func (c *collected) points() (scored, skipped int) {
	if len(c.tallies) > 0 {
		for _, t := range c.tallies[0] {
			scored += t.Counts.Scored
			skipped += t.Counts.Skipped
		}
	}
	return scored, skipped
}

// unexplained returns how many series could not be explained, and why the first could not.
func (c *collected) unexplained() (series int, why string) {
	for _, e := range c.shards {
		series += e.Unexplained
		why = cmp.Or(why, e.WhyNot)
	}
	return series, why
}

// add takes the evidence of a shard as the ledger keeps it.
func (c *collected) add(number int, saved []byte) error {
	e, err := readEvidence(saved)
	if err != nil {
		return err
	}
	if e.Tallies == nil {
		c.unscored++
	} else if c.tallies, err = mergeTallies(c.tallies, e.Tallies); err != nil {
		return err
	}
	c.mean = mergeSums(c.mean, e.Mean)
	e.Tallies, e.Mean = nil, nil
	c.shards[number] = e
	return nil
}

// whole merges the evidence of all shards, in their order.
func (c *collected) whole() *evidence {
	sum := &evidence{Tallies: c.tallies, Mean: c.mean}
	for _, e := range c.shards {
		sum.Series += e.Series
		sum.Fallbacks += e.Fallbacks
		for _, c := range e.Reasons {
			sum.Reasons = count(sum.Reasons, c.Name, c.N)
		}
		for _, c := range e.By {
			sum.By = count(sum.By, c.Name, c.N)
		}
		sum.Examples = append(sum.Examples, e.Examples...)
		sum.Samples = append(sum.Samples, e.Samples...)
	}
	sum.Examples = sum.Examples[:min(len(sum.Examples), maxExamples)]
	return sum
}

func mergeSums(dst, src []*score.Sum) []*score.Sum {
	if dst == nil {
		return src
	}
	for j := range dst {
		dst[j].Merge(src[j])
	}
	return dst
}

func mergeTallies(dst, src [][]*score.Tally) ([][]*score.Tally, error) {
	if dst == nil {
		return src, nil
	}
	for m := range dst {
		for w := range dst[m] {
			if err := dst[m][w].Merge(src[m][w]); err != nil {
				return nil, fmt.Errorf("merge scores: %w", err)
			}
		}
	}
	return dst, nil
}

// values returns the values of exact sums.
func values(sums []*score.Sum) []float64 {
	out := make([]float64, len(sums))
	for j, s := range sums {
		out[j] = s.Value()
	}
	return out
}

// scores lists every metric of a model: of each window, and their mean as window 0.
func scores(windows []*score.Tally) []report.Score {
	out := appendScores(nil, 0, score.Average(windows))
	for w, t := range windows {
		out = appendScores(out, w+1, t.Metrics())
	}
	return out
}

func appendScores(dst []report.Score, window int, metrics []score.Metric) []report.Score {
	for _, m := range metrics {
		dst = append(dst, report.Score{
			Metric: m.Name, Level: orNil(m.Level), Window: window, Value: orNil(m.Value),
			Used: m.N, Of: m.Of, Season: m.M, DenominatorZero: m.DenominatorZero,
		})
	}
	return dst
}

// orNil returns nil for a number that JSON and the database cannot hold.
func orNil(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
