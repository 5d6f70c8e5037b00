package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shelfcast/algorithms/stockout"
	"shelfcast/engine/demand"

	"github.com/google/go-cmp/cmp"
)

// soldOut is a daily target of an item that sells four to six units a day, and nothing on three days that it says nothing
// of; on a fourth its stock is known to have run out.
func soldOut(t *testing.T, stock bool) Spec {
	t.Helper()
	d := newFolder(t)
	target, related := []string{header}, []string{"item_id,store_id,timestamp,in_stock"}
	for day := range 120 {
		sold, in := 4+day*7%3, "1"
		if day >= 60 && day <= 62 {
			sold = 0
		}
		if day == 80 {
			sold, in = 2, "0"
		}
		date := time.Date(2024, time.January, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		target = append(target, fmt.Sprintf("a,s,%s,%d", date, sold), fmt.Sprintf("b,s,%s,%d", date, 1+day%2))
		related = append(related, fmt.Sprintf("a,s,%s,%s", date, in))
	}
	s := daily(d.csv("t.csv", target...))
	if stock {
		s.Related = []string{d.csv("r.csv", related...)}
	}
	return s
}

func TestSoldOutPeriodsAreCensoredAsAskedFor(t *testing.T) {
	t.Parallel()
	found := func(censored bool) *Stockouts {
		return &Stockouts{Censored: censored, Series: 1, Runs: 1, Cells: 3, Examples: []Stockout{
			{Key: demand.Key{Item: "a", Store: "s"}, First: "2024-03-01", Last: "2024-03-03"},
		}}
	}
	for _, c := range []struct {
		how      Censoring
		stock    bool // a feature tells when stock ran out
		censored []int
		found    *Stockouts
	}{
		{ByFeature, true, []int{80}, nil},
		{ByFeature, false, nil, found(false)},
		{ByDetector, true, []int{60, 61, 62, 80}, found(true)},
		{ByDetector, false, []int{60, 61, 62}, found(true)},
		{Uncensored, true, nil, nil},
		{Uncensored, false, nil, nil},
	} {
		t.Run(fmt.Sprintf("%v, a feature: %v", c.how, c.stock), func(t *testing.T) {
			t.Parallel()
			s := soldOut(t, c.stock)
			s.Censoring = c.how
			r, _, err := readParts(t, s, 0)
			if err != nil {
				t.Fatal(err)
			}
			var censored []int
			for cell, is := range r.Panel.Censored {
				if is {
					censored = append(censored, cell) // a comes first
				}
			}
			if diff := cmp.Diff(c.censored, censored); diff != "" {
				t.Errorf("censored periods (-want +got):\n%s", diff)
			}
			if r.Audit.Censored != int64(len(c.censored)) || len(r.Panel.X) != 0 {
				t.Errorf("%d periods are counted as censored, the panel has %d features", r.Audit.Censored, len(r.Panel.X))
			}
			if got := r.Audit.Stockouts; got != nil && len(got.Examples) == 1 {
				if p := got.Examples[0].P; !(p > 0 && p < 1e-3) {
					t.Errorf("P is %g", p)
				}
				got.Examples[0].P = 0
			}
			if diff := cmp.Diff(c.found, r.Audit.Stockouts); diff != "" {
				t.Errorf("proposed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProposalsDoNotDependOnWorkersAndParts(t *testing.T) {
	t.Parallel()
	s := soldOut(t, false)
	s.Censoring = ByDetector
	var first *Result
	for workers, memory := range map[int]int64{1: 0, 2: 1 << 40, 3: partShare * 200 * 20, 5: 0} {
		s.Workers = workers
		r, _, err := readParts(t, s, memory)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
		}
		if diff := cmp.Diff(first.Audit.Stockouts, r.Audit.Stockouts) + cmp.Diff(first.Panel.Censored, r.Panel.Censored); diff != "" {
			t.Errorf("%d workers (-first +got):\n%s", workers, diff)
		}
	}
}

func TestCensoringIsReadByNameAndRefusedOtherwise(t *testing.T) {
	t.Parallel()
	for _, want := range []Censoring{ByFeature, ByDetector, Uncensored} {
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Censoring
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("%s is read as %v, error %v", text, got, err)
		}
	}
	var c Censoring
	if err := c.UnmarshalText([]byte("on")); err == nil || !strings.Contains(err.Error(), "feature detect off") {
		t.Errorf("error %v", err)
	}
}

func TestTheProposalsThatAreNamedAreTheLeastLikelyOnes(t *testing.T) {
	t.Parallel()
	p := &demand.Panel{Keys: make([]demand.Key, 30)}
	s := &Stockouts{}
	for i := range p.Keys {
		p.Keys[i].Item = fmt.Sprint(i)
		s.add(p, i, []stockout.Run{{P: 0.5}, {P: float64((i*7)%30/2+1) / 100}})
	}
	var named []string
	for _, e := range s.Examples {
		named = append(named, e.Key.Item)
	}
	// Two series each have 1 %, 2 % …; of two alike the first in order comes first.
	if diff := cmp.Diff([]string{"0", "13", "9", "26", "5", "22", "1", "18", "14", "27"}, named); diff != "" || s.Series != 30 || s.Runs != 60 {
		t.Errorf("(-want +got):\n%s\n%+v", diff, s)
	}
}
