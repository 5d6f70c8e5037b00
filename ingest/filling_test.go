package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func fillOf(t testing.TB, text string) (f Fill) {
	t.Helper()
	if err := f.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// at returns the filling that has one rule at one place.
func fillingAt(t testing.TB, place, text string) Filling {
	t.Helper()
	f, fill := Filling{}, fillOf(t, text)
	*map[string]*Fill{"front": &f.Front, "middle": &f.Middle, "back": &f.Back, "future": &f.Future}[place] = fill
	return f
}

// Demand of a on 1, 2, 3 and 6 January; b ends the panel on the 8th.
var gappy = []string{header, "a,s,2024-01-01,9", "a,s,2024-01-02,1", "a,s,2024-01-03,4", "a,s,2024-01-06,6", "b,s,2024-01-02,1", "b,s,2024-01-08,1"}

func TestEveryFillOfTheDemandInEveryPlace(t *testing.T) {
	t.Parallel()
	path := newFolder(t).csv("t.csv", gappy...)
	nan := math.NaN()
	for _, c := range []struct {
		place, rule string
		middle      float64 // on 4 and 5 January
		back        float64 // on 7 and 8 January
	}{
		{"middle", "", 0, 0}, // the default
		{"middle", "zero", 0, 0},
		{"middle", "nan", nan, 0},
		{"middle", "2.5", 2.5, 0},
		{"middle", "median", 4, 0},
		{"middle", "mean", 14.0 / 3, 0},
		{"middle", "min", 1, 0},
		{"middle", "max", 9, 0},
		{"back", "zero", 0, 0},
		{"back", "nan", 0, nan},
		{"back", "2.5", 0, 2.5},
		{"back", "median", 0, 5}, // of 9, 1, 4, 6: what was filled in between does not count
		{"back", "mean", 0, 5},
		{"back", "min", 0, 1},
		{"back", "max", 0, 9},
	} {
		s := daily(path)
		s.Filling = map[string]Filling{"demand": fillingAt(t, c.place, c.rule)}
		r := mustRead(t, s)
		a := r.Panel.At(0)
		want := []float64{9, 1, 4, c.middle, c.middle, 6, c.back, c.back}
		if diff := cmp.Diff(want, a.Y, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-15)); diff != "" {
			t.Errorf("%s %s: demand (-want +got):\n%s", c.place, c.rule, diff)
		}
		for i, v := range want {
			if marked := (i == 3 || i == 4 || i >= 6) && !math.IsNaN(v); a.Filled[i] != marked {
				t.Errorf("%s %s: cell %d marked as filled: %v", c.place, c.rule, i, a.Filled[i])
			}
		}
		left := int64(0)
		for _, y := range r.Panel.Y {
			if math.IsNaN(y) {
				left++
			}
		}
		if got := r.Audit; got.FilledMiddle != 2+5 || got.FilledBack != 2 || got.FilledNaN != left || got.NullDemand != 0 {
			t.Errorf("%s %s: audit %d middle, %d back, %d not observed", c.place, c.rule, got.FilledMiddle, got.FilledBack, got.FilledNaN)
		}
	}
}

func TestNothingIsFilledBeforeTheFirstRow(t *testing.T) {
	t.Parallel()
	s := daily(newFolder(t).csv("t.csv", gappy...))
	s.Filling = map[string]Filling{"demand": {Front: fillOf(t, "none"), Middle: fillOf(t, "7")}}
	if b := mustRead(t, s).Panel.At(1); b.Start != dayOf("2024-01-02") || b.Y[0] != 1 {
		t.Errorf("b begins with %v", b)
	}
}

func TestAnEmptyDemandIsMissingOnlyWhereTheFillingIsSaid(t *testing.T) {
	t.Parallel()
	s := daily(newFolder(t).csv("t.csv", header, "a,s,2024-01-01,", "a,s,2024-01-03,5", "a,s,2024-01-04,", "a,s,2024-01-06,7", "a,s,2024-01-07,", "b,s,2024-01-08,1"))
	r := mustRead(t, s)
	if diff := cmp.Diff([]float64{nan, 0, 5, nan, 0, 7, nan, 0}, r.Panel.At(0).Y, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("demand by default (-want +got):\n%s", diff)
	}
	if a := r.Audit; a.NullDemand != 3 || a.FilledMiddle != 2 || a.FilledBack != 1 || a.FilledNaN != 0 {
		t.Errorf("audit by default %+v", a)
	}
	s.Filling = map[string]Filling{"demand": {Middle: fillOf(t, "mean"), Back: fillOf(t, "mean")}}
	r = mustRead(t, s)
	if diff := cmp.Diff([]float64{nan, nan, 5, 5, 5, 7, 6, 6}, r.Panel.At(0).Y, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if a := r.Audit; a.NullDemand != 2 || a.FilledMiddle != 2 || a.FilledBack != 2 || a.FilledNaN != 0 {
		t.Errorf("audit %+v", a)
	}
}

// Prices of a on 2, 3, 6 January; the demand runs from the 1st to the 8th and two days are forecast.
func TestEveryFillOfAFeatureInEveryPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place, rule string
		future      string  // price on the 9th; none where empty
		middle      float64 // on 4 and 5 January
		back        float64 // on 7 and 8
		ahead       []float64
	}{
		{"middle", "", "", nan, nan, []float64{nan, nan}}, // no default
		{"middle", "zero", "", 0, nan, []float64{nan, nan}},
		{"middle", "2.5", "", 2.5, nan, []float64{nan, nan}},
		{"middle", "median", "", 6, nan, []float64{nan, nan}},
		{"middle", "mean", "", 6, nan, []float64{nan, nan}},
		{"middle", "min", "", 2, nan, []float64{nan, nan}},
		{"middle", "max", "", 10, nan, []float64{nan, nan}},
		{"back", "zero", "", nan, 0, []float64{nan, nan}},
		{"back", "2.5", "", nan, 2.5, []float64{nan, nan}},
		{"back", "median", "", nan, 9, []float64{nan, nan}},
		{"back", "mean", "", nan, 7, []float64{nan, nan}},
		{"back", "min", "", nan, 2, []float64{nan, nan}},
		{"back", "max", "", nan, 10, []float64{nan, nan}},
		{"future", "zero", "", nan, nan, []float64{0, 0}},
		{"future", "2.5", "", nan, nan, []float64{2.5, 2.5}},
		{"future", "median", "", nan, nan, []float64{9, 9}},
		{"future", "mean", "", nan, nan, []float64{7, 7}},
		{"future", "min", "", nan, nan, []float64{2, 2}},
		{"future", "max", "", nan, nan, []float64{10, 10}},
		// A value in the horizon makes the gap before it one in the middle, and counts for the one after it.
		{"middle", "max", "20", 10, 10, []float64{20, nan}},
		{"back", "max", "20", nan, nan, []float64{20, nan}},
		{"future", "max", "20", nan, nan, []float64{20, 20}},
	} {
		d := newFolder(t)
		d.csv("t.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-08,1")
		rows := []string{"item_id,store_id,timestamp,price", "a,s,2024-01-02,2", "a,s,2024-01-03,10", "a,s,2024-01-06,9"}
		if c.future != "" {
			rows = append(rows, "a,s,2024-01-09,"+c.future)
		}
		d.csv("r.csv", rows...)
		s := daily(d.path + "/t.csv")
		s.Related, s.Horizon, s.HistoryOnly = []string{d.path + "/r.csv"}, 2, true
		s.Filling = map[string]Filling{"price": fillingAt(t, c.place, c.rule)}
		r := mustRead(t, s)
		want := []float64{nan, 2, 10, c.middle, c.middle, 9, c.back, c.back}
		if diff := cmp.Diff(want, r.Panel.X[0].V, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s %s %s: price (-want +got):\n%s", c.place, c.rule, c.future, diff)
		}
		if diff := cmp.Diff(c.ahead, r.Future.X[0].V, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s %s %s: price ahead (-want +got):\n%s", c.place, c.rule, c.future, diff)
		}
	}
}

var nan = math.NaN()

func TestFilledValuesOfFeaturesAreCountedByPlace(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	d.csv("t.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-08,1")
	d.csv("r.csv", "item_id,store_id,timestamp,price", "a,s,2024-01-02,2", "a,s,2024-01-06,9")
	s := daily(d.path + "/t.csv")
	s.Related, s.Horizon = []string{d.path + "/r.csv"}, 2
	s.Filling = map[string]Filling{"price": {Middle: fillOf(t, "min"), Back: fillOf(t, "max"), Future: fillOf(t, "3")}}
	r := mustRead(t, s) // which is known ahead, since it is filled
	if diff := cmp.Diff([]FilledFeature{{"price", 3, 2, 2}}, r.Audit.FilledFeatures); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if r.Audit.NullFeatures != 1 {
		t.Errorf("%d values are missing, want 1: that before the first", r.Audit.NullFeatures)
	}
}

func TestAFillThatItsAttributeOrPlaceDoesNotTakeIsRefused(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	d.csv("t.csv", gappy...)
	d.csv("r.csv", "item_id,store_id,timestamp,price", "a,s,2024-01-01,2")
	for _, rule := range []string{"zero", "nan", "2.5", "median", "mean", "min", "max"} {
		for _, name := range []string{"demand", "price"} {
			refused(t, d, name, "front", rule, name+", front: "+rule+" is refused")
		}
		refused(t, d, "demand", "future", rule, "demand, future: "+rule+" is refused: the future of the demand is what is forecast")
	}
	for _, place := range []string{"middle", "back"} {
		refused(t, d, "demand", place, "none", "demand, "+place+": none is refused")
		refused(t, d, "demand", place, "-1", "demand, "+place+": -1 is refused: a demand is zero or more")
	}
	for _, place := range []string{"middle", "back", "future"} {
		refused(t, d, "price", place, "nan", "price, "+place+": nan is refused")
	}
	refused(t, d, "prise", "middle", "zero", "prise is neither the demand nor a feature that is used; did you mean price? there are demand, price")
}

func refused(t *testing.T, d folder, name, place, rule, want string) {
	t.Helper()
	s := daily(d.path + "/t.csv")
	s.Related, s.HistoryOnly = []string{d.path + "/r.csv"}, true
	s.Filling = map[string]Filling{name: fillingAt(t, place, rule)}
	if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s, %s, %s: error %v, want %q", name, place, rule, err, want)
	}
}

func TestWhatIsNoFillIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"NaN", "value", "mode", "inf", "-Inf", "1e101", "zero ", "ffill"} {
		var f Fill
		if err := f.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, f)
		}
	}
	for _, text := range []string{"", "none", "zero", "nan", "median", "mean", "min", "max", "0", "2.5", "-3"} {
		if got := fillOf(t, text).String(); got != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}

// plainFill fills a demand in the plainest way: for each missing cell it looks back for 64 values.
func plainFill(y []float64, last int, middle, back string) []float64 {
	out := slices.Clone(y)
	for i := range y {
		if !math.IsNaN(y[i]) || !slices.ContainsFunc(y[:i], func(v float64) bool { return !math.IsNaN(v) }) {
			continue // known, or before the first value
		}
		rule := middle
		if i > last {
			rule = back
		}
		var before []float64
		for j := i - 1; j >= 0 && len(before) < 64; j-- {
			if !math.IsNaN(y[j]) {
				before = append(before, y[j])
			}
		}
		slices.Sort(before)
		sum := 0.0
		for _, v := range before {
			sum += v
		}
		n := len(before)
		switch rule {
		case "zero":
			out[i] = 0
		case "median":
			out[i] = (before[(n-1)/2] + before[n/2]) / 2
		case "mean":
			out[i] = sum / float64(n)
		case "min":
			out[i] = before[0]
		case "max":
			out[i] = before[n-1]
		}
	}
	return out
}

func TestStatisticsAreOfThe64ValuesBeforeTheGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 200).Draw(rt, "periods")
		rules := []string{"zero", "nan", "median", "mean", "min", "max"}
		middle, back := rapid.SampledFrom(rules).Draw(rt, "middle"), rapid.SampledFrom(rules).Draw(rt, "back")
		lines := []string{header, fmt.Sprintf("b,s,%s,1", dayText(int64(n)))}
		y, last := make([]float64, n+1), 0
		for i := range y {
			y[i] = math.NaN()
			if i == 0 || i < n && rapid.IntRange(0, 3).Draw(rt, "row") > 0 {
				y[i] = float64(rapid.IntRange(0, 1000).Draw(rt, "units"))
				last = i
				lines = append(lines, fmt.Sprintf("a,s,%s,%g", dayText(int64(i)), y[i]))
			}
		}
		s := daily(newFolder(t).csv("t.csv", lines...))
		s.Filling = map[string]Filling{"demand": {Middle: fillOf(t, middle), Back: fillOf(t, back)}}
		r, err := Read(t.Context(), s)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(plainFill(y, last, middle, back), r.Panel.At(0).Y, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-15, 0)); diff != "" {
			rt.Errorf("%s, %s (-want +got):\n%s", middle, back, diff)
		}
	})
}
