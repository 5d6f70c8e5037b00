package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/demand"
)

// fed is a spec of a target of items a and b in stores s and t, ten days from 2024-01-01, and a related series with the columns and
// values that row returns; day 10 and later lie in the horizon of four days. No values: no row.
func fed(t *testing.T, columns string, last int, row func(item, store string, day int) string) Spec {
	t.Helper()
	target, related := []string{header}, []string{"item_id,store_id,timestamp," + columns}
	for _, item := range []string{"a", "b"} {
		for _, store := range []string{"s", "t"} {
			for day := range last {
				at := fmt.Sprintf("%s,%s,%s,", item, store, dayText(firstOf2024+int64(day)))
				if day < 10 {
					target = append(target, at+"1")
				}
				if values := row(item, store, day); values != "" {
					related = append(related, at+values)
				}
			}
		}
	}
	d := newFolder(t)
	s := daily(d.csv("t.csv", target...))
	s.Related, s.Horizon = []string{d.csv("r.csv", related...)}, 4
	return s
}

const firstOf2024 = 19723 // days since 1970-01-01

func wantError(t *testing.T, s Spec, want string) {
	t.Helper()
	if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v\nwant %q", err, want)
	}
}

// always is a related series that has every value.
func always(_, _ string, day int) string { return fmt.Sprint(day) }

func TestARelatedSeriesThatKeepsEveryRuleIsRead(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, always)
	s.StrictRelated = true
	r := mustRead(t, s)
	if diff := cmp.Diff([]float64{10, 11, 12, 13}, r.Future.At(3)[0].V); diff != "" {
		t.Errorf("price ahead (-want +got):\n%s", diff)
	}
}

func TestRule1AFeatureWithoutAValueInTheHorizonIsHistorical(t *testing.T) {
	t.Parallel()
	s := fed(t, "footfall", 10, always)
	wantError(t, s, "read related: footfall is historical: it has no value after 2024-01-10, and nobody knows it ahead; lag it by 4 periods or more (input.features: {name: footfall, lag: 4}), give its values up to 2024-01-14, or leave it out")
	// One value in the horizon makes it forward-looking: now the others are missing.
	s = fed(t, "footfall", 14, func(item, store string, day int) string {
		if day >= 10 && (item != "b" || store != "s" || day > 10) {
			return ""
		}
		return "1"
	})
	wantError(t, s, "footfall has 1 of the 16 values")
}

func TestRule2TheHorizonBeginsAfterTheLastRowOfAnySeries(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, always)
	r := mustRead(t, s)
	if r.Future.Start != dayOf("2024-01-11") {
		t.Errorf("the horizon begins at %s", r.Future.Cal.Format(r.Future.Start))
	}
	// One series sells a day longer than the others: the split moves for all of them, and all need a day more.
	s.Target = append(s.Target, newFolder(t).csv("t2.csv", header, "a,s,2024-01-11,1"))
	wantError(t, s, "price has 12 of the 16 values that 4 series need from 2024-01-12 to 2024-01-15")
}

func TestRule3EverySeriesNeedsRelatedRows(t *testing.T) {
	t.Parallel()
	wantError(t, fed(t, "price", 14, func(item, store string, _ int) string {
		if item == "b" {
			return ""
		}
		return "1"
	}), "2 of the 4 series of the target have no price: b@s, b@t")
}

func TestRule4RelatedRowsAreNeitherAddedUpNorSpread(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, always)
	s.Related = append(s.Related, newFolder(t).csv("r2.csv", "item_id,store_id,timestamp,price", "a,s,2024-01-02 12:00:00,1"))
	wantError(t, s, "two rows for a@s in the period of 2024-01-02")

	weekly := func(_, _ string, day int) string {
		if day%7 != 0 {
			return ""
		}
		return "1"
	}
	s = fed(t, "price", 70, weekly)
	s.Target = []string{newFolder(t).csv("t.csv", append(days("a,s", 66), append(days("a,t", 66), append(days("b,s", 66), days("b,t", 66)...)...)...)...)}
	wantError(t, s, "the frequency is D, and the related rows lie a period of W apart")
}

// days is a row a day from 2024-01-01, after a header.
func days(key string, n int) []string {
	lines := []string{}
	if key == "a,s" {
		lines = append(lines, header)
	}
	for day := range n {
		lines = append(lines, fmt.Sprintf("%s,%s,1", key, dayText(firstOf2024+int64(day))))
	}
	return lines
}

func TestRule5And7ValuesMissingInThePastAreCountedOrRefused(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, func(item, store string, day int) string {
		key := item + store
		if key == "as" && day < 2 || key == "at" && (day == 4 || day == 6) || key == "bs" && day > 3 && day < 8 {
			return ""
		}
		return "1"
	})
	r := mustRead(t, s)
	want := []MissingFeature{{
		Feature: "price", Front: 2, Middle: 6, Of: 40,
		Examples: []string{"a@s from 2024-01-01 to 2024-01-02 (2)", "a@t from 2024-01-05 to 2024-01-07 (2)", "b@s from 2024-01-05 to 2024-01-08 (4)"},
	}}
	if diff := cmp.Diff(want, r.Audit.MissingFeatures); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if r.Audit.NullFeatures != 8 {
		t.Errorf("%d values missing, want 8", r.Audit.NullFeatures)
	}
	s.StrictRelated = true
	wantError(t, s, "price is missing 8 of the 40 values of the past: 2 before the first of their series, 6 in the middle, 0 after the last; the first: a@s from 2024-01-01 to 2024-01-02 (2), a@t")
	s.Filling = map[string]Filling{"price": {Middle: fillOf(t, "median")}}
	wantError(t, s, "price is missing 2 of the 40 values of the past: 2 before") // rule 5 holds whatever is filled
}

func TestRule6AFeatureMustReachTheEndOfTheHorizonForEverySeries(t *testing.T) {
	t.Parallel()
	wantError(t, fed(t, "price", 14, func(item, store string, day int) string {
		if store == "t" && day > 11 {
			return ""
		}
		return "1"
	}), "price has 12 of the 16 values that 4 series need from 2024-01-11 to 2024-01-14; missing in 1 of 2 stores: t from 2024-01-13 to 2024-01-14 (4); by series: a@t from 2024-01-13 to 2024-01-14 (2), b@t from 2024-01-13 to 2024-01-14 (2);")
}

func TestRule7AHistoricalFeatureIsUsedLaggedAndMustEndWithTheTarget(t *testing.T) {
	t.Parallel()
	s := fed(t, "footfall", 10, always)
	s.Features = []Feature{{Name: "footfall", Lag: 4}}
	r := mustRead(t, s)
	x := r.Panel.At(2).X[0]
	if diff := cmp.Diff([]float64{nan, nan, nan, nan, 0, 1, 2, 3, 4, 5}, x.V, cmpopts.EquateNaNs()); diff != "" || x.Name != "footfall_lag4" {
		t.Errorf("%s (-want +got):\n%s", x.Name, diff)
	}
	if diff := cmp.Diff([]float64{6, 7, 8, 9}, r.Future.At(2)[0].V); diff != "" {
		t.Errorf("ahead (-want +got):\n%s", diff)
	}
	s.Features[0].Lag = 3
	wantError(t, s, "footfall is known for the past alone, and lagged by 3 periods it is unknown for the last 1 of the 4 to forecast; lag it by 4 or more")

	s = fed(t, "footfall", 9, always) // a day short of the target
	s.Target = []string{fed(t, "footfall", 10, always).Target[0]}
	s.Features = []Feature{{Name: "footfall", Lag: 4}}
	wantError(t, s, "footfall_lag4 has 12 of the 16 values")
	s.Features[0].Lag = 5
	mustRead(t, s)
}

func TestAFeatureThatIsKnownAheadMayBeLaggedByLess(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, always)
	s.Features = []Feature{{Name: "price", Role: demand.Price, Lag: 1}}
	if diff := cmp.Diff([]float64{9, 10, 11, 12}, mustRead(t, s).Future.At(0)[0].V); diff != "" {
		t.Errorf("ahead (-want +got):\n%s", diff)
	}
	s.Features[0].Lag = -1
	wantError(t, s, "the lag of a feature is negative")
}

func TestRule8RelatedSeriesHaveTheKeysOfTheTargetOrFewer(t *testing.T) {
	t.Parallel()
	s := fed(t, "price", 14, always)
	without := append([]string{}, "item_id,timestamp,price")
	for day := range int64(14) {
		without = append(without, "a,"+dayText(firstOf2024+day)+",1", "b,"+dayText(firstOf2024+day)+",2")
	}
	s.Related = []string{newFolder(t).csv("r.csv", without...)}
	r := mustRead(t, s)
	for i, want := range []float64{1, 1, 2, 2} {
		if got := r.Future.At(i)[0].V[3]; got != want {
			t.Errorf("series %v has the price %g, want %g of its item", r.Panel.Keys[i], got, want)
		}
	}
	s = fed(t, "price", 14, always)
	s.Target = []string{newFolder(t).csv("t.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-10,1")}
	wantError(t, s, `the related series has "store_id" and the target has not`)
}

func TestRule9RelatedSeriesMustNotHoldTheTarget(t *testing.T) {
	t.Parallel()
	wantError(t, fed(t, "price,demand", 14, func(_, _ string, day int) string { return "1,2" }), `the related series must not hold "demand"`)
}

func TestPeriodsInWhichStockRanOutAreCensored(t *testing.T) {
	t.Parallel()
	s := fed(t, "in_stock,on_hand,price", 14, func(item, store string, day int) string {
		values := map[string]string{"as2": "0,5,1", "as3": "0.5,,1", "as4": "1,0,1", "as5": ",-2,1", "as6": ",,1"}[fmt.Sprintf("%s%s%d", item, store, day)]
		if values == "" && day < 10 {
			return "1,3,1"
		}
		if values == "" {
			return ",,1" // whether stock will last is not known, and need not be
		}
		return values
	})
	r := mustRead(t, s)
	want := []bool{false, false, true, true, true, true, false, false, false, false}
	if diff := cmp.Diff(want, r.Panel.At(0).Censored); diff != "" {
		t.Errorf("censored (-want +got):\n%s", diff)
	}
	if r.Audit.Censored != 4 {
		t.Errorf("%d periods censored, want 4", r.Audit.Censored)
	}
	if len(r.Panel.X) != 1 || len(r.Future.X) != 1 || r.Panel.X[0].Name != "price" {
		t.Errorf("the panel has the features %v, want the price alone", r.Panel.X)
	}
	s = fed(t, "in_stock", 14, always)
	wantError(t, s, "in_stock is 2 for a@s at 2024-01-03; it is the share of a period")
}

func TestAPeriodWithoutARowIsCensoredWhereStockRanOut(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-04,1"))
	s.Related = []string{d.csv("r.csv", "item_id,timestamp,in_stock", "a,2024-01-01,1", "a,2024-01-02,0", "a,2024-01-03,1")}
	r := mustRead(t, s)
	if diff := cmp.Diff([]bool{false, true, false, false}, r.Panel.Censored); diff != "" {
		t.Errorf("censored (-want +got):\n%s", diff)
	}
	s.Filling = map[string]Filling{"demand": {Middle: fillOf(t, "nan")}}
	if r := mustRead(t, s); r.Panel.Censored != nil {
		t.Errorf("a period that is not observed is censored: %v", r.Panel.Censored)
	}
}

func TestALookAtThePastUsesNoFeatureThatNobodyKnewAhead(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	d.csv("t.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-08,1")
	rows := []string{"item_id,store_id,timestamp,x"}
	for day := 1; day <= 8; day++ {
		rows = append(rows, fmt.Sprintf("a,s,2024-01-%02d,%d", day, day))
	}
	s := daily(d.path + "/t.csv")
	s.Related, s.Horizon, s.HistoryOnly = []string{d.csv("past.csv", rows...)}, 2, true
	for role, known := range map[demand.Role]bool{demand.Price: true, demand.Promotion: true, demand.Other: false, demand.Weather: false} {
		s.Features = []Feature{{Name: "x", Role: role}}
		if known {
			mustRead(t, s)
			continue
		}
		wantError(t, s, "read related: x has no value after the end of the target, and is no plan as prices and promotions are")
		s.Features[0].Lag = 2
		mustRead(t, s)
	}
	s.Features = []Feature{{Name: "x", Role: demand.Other}}
	s.Related = []string{d.csv("ahead.csv", append(rows, "a,s,2024-01-09,9")...)}
	mustRead(t, s)
}
