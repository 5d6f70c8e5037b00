package ingest

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

func TestADayOnWhichMoreCameBackThanWasSoldIsNotObserved(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	lines := []string{
		header,
		"c,s,2024-01-01,1", "c,s,2024-01-02,1", "c,s,2024-01-03,1",
		"a,s,2024-01-02,-9",                                                                                   // only returns: no series
		"b,s,2024-01-01,-7",                                                                                   // before its first sale
		"b,s,2024-01-02,5", "b,s,2024-01-03,-2", "b,s,2024-01-05,4", "b,s,2024-01-07,-1", "b,s,2024-01-09,-1", // the last is after the end of all
		"b,s,2024-01-06,3", "b,s,2024-01-06,-3", // the sale counts, whatever came back
		"d,s,2024-01-01,2", "d,s,2024-01-08,2",
	}
	s := daily(d.csv("t.csv", lines...))
	s.MaxRejectShare = 1
	nan := math.NaN()
	want := []float64{
		5, nan, 0, 4, 3, nan, 0, // b
		1, 1, 1, 0, 0, 0, 0, 0, // c
		2, 0, 0, 0, 0, 0, 0, 2, // d
	}
	check := func(r *Result) {
		t.Helper()
		if diff := cmp.Diff(want, r.Panel.Y, sameBits); diff != "" || r.Panel.Len() != 3 {
			t.Errorf("%d series (-want +got):\n%s", r.Panel.Len(), diff)
		}
		a := r.Audit
		if a.NullDemand != 2 || a.FilledMiddle != 1+6 || a.FilledBack != 1+5 || a.Target.RejectedRows() != 6 || a.Target.Used != 8 {
			t.Errorf("%d empty, %d and %d filled, %d rejected, %d used", a.NullDemand, a.FilledMiddle, a.FilledBack, a.Target.RejectedRows(), a.Target.Used)
		}
		if diff := cmp.Diff([]string{"b@s from 2024-01-03 to 2024-01-07 (2)"}, a.Named.NullDemand); diff != "" {
			t.Error(diff)
		}
	}
	for _, s.Workers = range []int{1, 3} {
		check(mustRead(t, s))
		for _, memory := range []int64{partShare * (8*10 + 8*forecastColumns), 1 << 30} {
			r, n, err := readParts(t, s, memory)
			if err != nil {
				t.Fatal(err)
			}
			if (n == 3) != (memory < 1<<30) {
				t.Errorf("%d parts of 3 series", n)
			}
			check(r)
		}
	}
}

func TestSeriesAndMetadataThatAreCountedAreNamed(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	target, related := []string{header}, []string{"item_id,store_id,timestamp,in_stock"}
	for i := range 12 {
		key := fmt.Sprintf("I%02d,s", i)
		target = append(target, key+",2024-01-01,1", key+",2024-01-04,", key+",2024-01-05,2", key+",2024-01-07,3")
		for day := range 9 {
			related = append(related, fmt.Sprintf("%s,2024-01-%02d,%v", key, day+1, map[bool]string{true: "0.5", false: "1"}[day == 4]))
		}
	}
	s := daily(d.csv("t.csv", target...))
	s.Related, s.Horizon = []string{d.csv("r.csv", related...)}, 2
	s.Features = []Feature{{Name: "in_stock", Role: demand.InStock}}
	s.Items = d.csv("items.csv", "item_id,brand", "I00,x", "i01,x", "ghost,x", " I02,x")
	s.Stores = d.csv("stores.csv", "store_id,region", "S,x")
	for _, memory := range []int64{0, partShare * 2 * (7*41 + 2*8*(1+forecastColumns))} {
		r, _, err := readParts(t, s, memory)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Audit.Named
		for name, list := range map[string][]string{"filled": got.Filled, "null": got.NullDemand, "censored": got.Censored, "item": got.NoItem, "store": got.NoStore} {
			if len(list) != keysListed {
				t.Errorf("%s: %d are named, want the first %d: %v", name, len(list), keysListed, list)
			}
		}
		for got, want := range map[string]string{
			got.Filled[9]: "I09@s from 2024-01-02 to 2024-01-06 (3)", got.NullDemand[0]: "I00@s at 2024-01-04 (1)", got.Censored[1]: "I01@s at 2024-01-05 (1)",
			got.NoItem[0]: "I01@s", got.NoStore[0]: "I00@s",
			got.NoSeries.Items[1]: d.path + "/items.csv:4: ghost", got.NoSeries.Stores[0]: d.path + "/stores.csv:2: S",
		} {
			if got != want {
				t.Errorf("named is %q, want %q", got, want)
			}
		}
		variants := []Variant{
			{d.path + "/items.csv:3", "item_id", "i01", "I01"}, {d.path + "/items.csv:5", "item_id", " I02", "I02"}, {d.path + "/stores.csv:2", "store_id", "S", "s"},
		}
		if diff := cmp.Diff(variants, got.NoSeries.Variants); diff != "" || got.NoSeries.Differ != 3 {
			t.Errorf("%d variants (-want +got):\n%s", got.NoSeries.Differ, diff)
		}
	}
}
