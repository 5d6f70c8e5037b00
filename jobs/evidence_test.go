package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// chain is a panel of n series of 30 days and a forecast of it, by two models.
func chain(n int) (*demand.Panel, *demand.Forecast, []SeriesResult) {
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, End: 30, Off: []int{0}}
	for i := range n {
		p.Keys = append(p.Keys, demand.Key{Item: fmt.Sprintf("item%02d", i), Store: "s"})
		p.Start = append(p.Start, 0)
		for d := range 30 {
			p.Y = append(p.Y, float64((i+d)%7)/10)
		}
		p.Off = append(p.Off, len(p.Y))
	}
	f := demand.NewForecast(&demand.Future{Keys: p.Keys, Cal: p.Cal, Start: 30, H: 2}, []float64{0.1, 0.9})
	results := make([]SeriesResult, n)
	for i := range n {
		fan := f.Fan(i)
		for j := range fan.Mean {
			fan.Mean[j] = 0.1 * float64(i+j)
			copy(fan.At(j), []float64{0, 0.2 * float64(i+j)})
		}
		f.By[i] = []string{"a", "b"}[i%2]
		if i%5 == 4 {
			results[i].Why = fmt.Errorf("fit: %w", demand.ErrTooShort)
		}
	}
	return p, f, results
}

func shardEvidence(t *testing.T, p *demand.Panel, f *demand.Forecast, r []SeriesResult, lo, hi int) []byte {
	t.Helper()
	part := p.Shard(lo, hi)
	cut := *f
	cut.Keys, cut.Mean, cut.Q, cut.By = f.Keys[lo:hi], f.Mean[lo*f.H:hi*f.H], f.Q[lo*f.H*2:hi*f.H*2], f.By[lo:hi]
	saved, err := json.Marshal(gather(part, &cut, r[lo:hi], explained{parts: make([][]demand.Component, hi-lo)}, within([]int{3, 11}, Shard{First: lo, Count: hi - lo})))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func TestEvidenceOfShardsMergesToTheSameBytesForAnyCut(t *testing.T) {
	p, f, r := chain(20)
	var want []byte
	for _, size := range []int{1, 3, 7, 20} {
		shards := cut(20, size)
		all := &collected{shards: make([]*evidence, len(shards))}
		for _, k := range rand.New(rand.NewPCG(1, uint64(size))).Perm(len(shards)) { // in any order
			s := shards[k]
			if err := all.add(k, shardEvidence(t, p, f, r, s.First, s.First+s.Count)); err != nil {
				t.Fatal(err)
			}
		}
		sum := all.whole()
		got, _ := json.Marshal([]any{sum.Series, sum.Reasons, sum.Examples, sum.By, values(sum.Mean), sum.Samples})
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("shards of %d: %s", size, diff)
		}
	}
	var sum []any
	_ = json.Unmarshal(want, &sum)
	if sum[0] != 20.0 || fmt.Sprint(sum[1]) != "[map[n:4 name:too_short]]" {
		t.Errorf("got %v", sum[:2])
	}
}

func TestMergedTalliesAreThoseOfAllSeries(t *testing.T) {
	scorer, err := score.NewScorer([]float64{0.5})
	if err != nil {
		t.Fatal(err)
	}
	tally := func(ys ...float64) [][]*score.Tally {
		out := score.NewTally([]float64{0.5})
		for _, y := range ys {
			var s score.Series
			scorer.Score(&s, &score.Case{Train: []float64{1, 2, 4}, M: 1, Y: []float64{y}, Mean: []float64{1}, Q: []float64{1}})
			out.Add(&s)
		}
		return [][]*score.Tally{{out}}
	}
	all := &collected{shards: make([]*evidence, 3)}
	for k, e := range []evidence{{Tallies: tally(3)}, {Tallies: nil}, {Tallies: tally(5, 2)}} {
		saved, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := all.add(k, saved); err != nil {
			t.Fatal(err)
		}
		if kept := all.shards[k]; kept.Tallies != nil || kept.Mean != nil {
			t.Error("the scores of a shard are kept twice")
		}
	}
	if all.unscored != 1 {
		t.Errorf("%d shards are without scores, want 1", all.unscored)
	}
	sum := all.whole()
	var wape float64
	for _, s := range scores(sum.Tallies[0]) {
		if s.Metric == score.WAPE && s.Window == 0 {
			wape = *s.Value
		}
	}
	if want := (2.0 + 4 + 1) / 10; math.Abs(wape-want) > 1e-15 { // one rounding of the quotient
		t.Errorf("wape %g, want %g", wape, want)
	}
}

func TestReasonInTheReportIsOneLine(t *testing.T) {
	if got := firstLine(errors.New("panic: x\ngoroutine 1")); got != "panic: x" {
		t.Errorf("got %q", got)
	}
}

func TestDamagedEvidenceIsAnError(t *testing.T) {
	if _, err := readEvidence([]byte("{")); err == nil {
		t.Error("no error")
	}
}

func TestCountsStaySortedByName(t *testing.T) {
	var list []report.Count
	for _, name := range []string{"b", "a", "c", "b"} {
		list = count(list, name, 2)
	}
	if diff := cmp.Diff([]report.Count{{Name: "a", N: 2}, {Name: "b", N: 4}, {Name: "c", N: 2}}, list); diff != "" {
		t.Error(diff)
	}
}

func TestSamplesAreDrawnFromTopToBottomByVolume(t *testing.T) {
	p, _, _ := chain(16)
	for i := range p.Keys {
		for t := range p.Y[p.Off[i]:p.Off[i+1]] {
			p.Y[p.Off[i]+t] = float64(i)
		}
	}
	var all seen
	all.add(&ingest.Result{Panel: p.Shard(0, 5)})
	all.add(&ingest.Result{Panel: p.Shard(5, 16)})
	if diff := cmp.Diff([]int{15, 13, 11, 7, 3}, all.samples()); diff != "" {
		t.Error(diff)
	}
}

func TestTotalCountsObservedUnitsOnly(t *testing.T) {
	p, _, _ := chain(2)
	p.Y[0] = math.NaN()
	var all seen
	all.add(&ingest.Result{Panel: p})
	in := inputs{Parts: &ingest.Parts{Frame: p}, units: all.units}
	start, units := in.totalSeen()
	if len(units) != int(p.End) {
		t.Errorf("%d periods, want the %d that there are", len(units), p.End)
	}
	if start != 0 || units[0] != 0.1 {
		t.Errorf("start %d, first %g", start, units[0])
	}
}
