package ingest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A row tells that something happened on its day. Where it does not tell what, the day is not observed, whatever the filling.
func TestADayWhoseRowIsOfNoUseIsNotObserved(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"-3", "abc", `"1,250"`, "1e200", "Inf", "NaN"} {
		for _, said := range []bool{false, true} {
			d := newFolder(t)
			lines := feedDays(10)
			lines[5] = "x,a,2024-01-05," + value
			s := daily(d.csv("t.csv", lines...))
			s.Horizon, s.MaxRejectShare = 4, 0.5
			if said {
				s.Filling = map[string]Filling{"demand": {Middle: Fill{rule: fillZero}}}
			}
			r := mustRead(t, s)
			in := r.Audit.Target
			if in.Rows != 10 || in.Used != 9 || in.RejectedRows() != 1 {
				t.Errorf("%s: %d rows, %d used, %d rejected", value, in.Rows, in.Used, in.RejectedRows())
			}
			if !math.IsNaN(r.Panel.Y[4]) || r.Panel.Filled != nil && r.Panel.Filled[4] {
				t.Errorf("%s, filling said %v: the day counts as %v", value, said, r.Panel.Y[4])
			}
		}
	}
}

// What a backtest learns from must not depend on what came after its origin: neither must what the detector proposes there.
func TestProposalsInThePastDoNotKnowWhatCameAfter(t *testing.T) {
	t.Parallel()
	var marked [2]int
	for n, sellsAgain := range []bool{false, true} {
		d := newFolder(t)
		lines := []string{header}
		for item := range 8 {
			rng := rand.New(rand.NewPCG(1, uint64(item)))
			for k := range 200 {
				v := 4 + rng.IntN(8)
				if item == 0 && k >= 150 && (k < 172 || !sellsAgain) {
					v = 0
				}
				lines = append(lines, fmt.Sprintf("i%d,a,%s,%d", item, at("2024-01-01").AddDate(0, 0, k).Format("2006-01-02"), v))
			}
		}
		s := daily(d.csv("t.csv", lines...))
		s.Horizon, s.Censoring = 28, ByDetector
		p, err := Open(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		r, err := p.Read(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if sellsAgain && r.Panel.Censored == nil {
			t.Fatal("nothing is proposed in the whole panel, so that this shows nothing")
		}
		train, _, err := r.Panel.Split(r.Panel.End-29, 28)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range train.Censored {
			if c {
				marked[n]++
			}
		}
	}
	if marked[0] != marked[1] {
		t.Errorf("%d cells of the training panel are censored, and %d where the item sells again after it", marked[0], marked[1])
	}
}

func TestABlankLineOfOneColumnIsNoRow(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", feedDays(10)...))
	s.Horizon = 4
	s.Items = d.csv("items.csv", "item_id", "x", "", "y", "")
	if r := mustRead(t, s); r.Audit.Items.Rows != 2 {
		t.Errorf("%d rows", r.Audit.Items.Rows)
	}
}

// Of two prices for one day an audit takes the first in the order of files, however many workers read them.
func TestTheFirstOfTwoRelatedRowsCountsForAnyWorkers(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	target, one, two := []string{header}, []string{"item_id,store_id,timestamp,price"}, []string{"item_id,store_id,timestamp,price"}
	for item := range 200 {
		for k := range 20 {
			day := at("2024-01-01").AddDate(0, 0, k).Format("2006-01-02")
			target = append(target, fmt.Sprintf("i%03d,a,%s,3", item, day))
			one = append(one, fmt.Sprintf("i%03d,a,%s,10", item, day))
			two = append(two, fmt.Sprintf("i%03d,a,%s,0", 199-item, day))
		}
	}
	for _, workers := range []int{1, 2, 8} {
		s := daily(d.csv("t.csv", target...))
		s.Related = []string{d.csv("r1.csv", one...), d.csv("r2.csv", two...)}
		s.Horizon, s.Workers, s.Tolerant, s.MaxRejectShare = 4, workers, true, 1
		r := mustRead(t, s)
		for cell, v := range r.Panel.X[0].V {
			if v != 10 {
				t.Fatalf("%d workers: the price of cell %d is %v", workers, cell, v)
			}
		}
	}
}

// feedDays are the lines of a feed in which an item sells 1 to 4 a day from 2024-01-01 on.
func feedDays(n int) []string {
	lines := []string{header}
	for k := range n {
		lines = append(lines, fmt.Sprintf("x,a,%s,%d", at("2024-01-01").AddDate(0, 0, k).Format("2006-01-02"), 1+k%4))
	}
	return lines
}
