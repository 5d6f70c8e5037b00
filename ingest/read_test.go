package ingest

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/demand"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func dayOf(s string) demand.Period { return demand.Calendar{Freq: demand.Daily}.Period(date(s)) }

func TestPanelIsSortedEndsTogetherAndIsFilledWithZeros(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	r := mustRead(t, daily(d.csv("tts.csv",
		"item_id,store_id,timestamp,demand",
		"b,s,2024-01-01,3",
		"b,s,2024-01-04,4.5",
		"a,t,2024-01-02,1",
		"a,s,2024-01-04,7")))
	want := &demand.Panel{
		Cal:    demand.Calendar{Freq: demand.Daily},
		Keys:   []demand.Key{{Item: "a", Store: "s"}, {Item: "a", Store: "t"}, {Item: "b", Store: "s"}},
		Start:  []demand.Period{dayOf("2024-01-04"), dayOf("2024-01-02"), dayOf("2024-01-01")},
		Off:    []int{0, 1, 4, 8},
		End:    dayOf("2024-01-05"),
		Y:      []float64{7, 1, 0, 0, 3, 0, 0, 4.5},
		Filled: []bool{false, false, true, true, false, true, true, false},
	}
	if diff := cmp.Diff(want, r.Panel); diff != "" {
		t.Errorf("panel (-want +got):\n%s", diff)
	}
	a := r.Audit
	if a.Series != 3 || a.Cells != 8 || a.FilledMiddle != 2 || a.FilledBack != 2 || a.Target.Rows != 4 || a.Target.Used != 4 {
		t.Errorf("audit %+v", a)
	}
	if f := r.Future; f.Start != dayOf("2024-01-05") || f.H != 1 || len(f.Keys) != 3 {
		t.Errorf("future %+v", f)
	}
}

func TestFilledIsNilWhereEveryCellHasARow(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	r := mustRead(t, daily(d.csv("tts.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-02,0")))
	if r.Panel.Filled != nil {
		t.Errorf("filled is %v, want nil", r.Panel.Filled)
	}
	if r.Panel.Keys[0].Store != "" {
		t.Errorf("store is %q without a store_id", r.Panel.Keys[0].Store)
	}
}

func TestRowsAfterTheAsOfDateAreNotNeeded(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("tts.csv", "item_id,timestamp,demand",
		"a,2024-01-01,1", "a,2024-01-02,2", "a,2024-01-03,3", "late,2024-01-03,9"))
	s.AsOf = date("2024-01-02").Add(13 * time.Hour)
	r := mustRead(t, s)
	if diff := cmp.Diff([]float64{1, 2}, r.Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if len(r.Panel.Keys) != 1 {
		t.Errorf("keys %v: a series without a row in time is no series", r.Panel.Keys)
	}
	if diff := cmp.Diff([]Count{{AfterAsOf, 2}}, r.Audit.Target.NotNeeded); diff != "" {
		t.Errorf("not needed (-want +got):\n%s", diff)
	}
}

func TestRowsOfOnePeriodAreAddedInFileOrder(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	// The sum of these three depends on their order: (1e16 + 1) + 1 loses both ones, (1 + 1) + 1e16 none.
	r := mustRead(t, daily(d.csv("tts.csv", "item_id,timestamp,demand",
		"a,2024-01-01 02:20:00,10000000000000000", "a,2024-01-01 02:45:00,1", "a,2024-01-01 00:00:00,1",
		"b,2024-01-01 09:00:00,50", "b,2024-01-01 08:00:00,20", "b,2024-01-02,5", "a,2024-01-02,1")))
	if diff := cmp.Diff([]float64{1e16, 1, 70, 5}, r.Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if r.Audit.Target.Aggregated != 3 {
		t.Errorf("%d rows aggregated, want 3", r.Audit.Target.Aggregated)
	}
}

func TestWeeksAndMonthsGatherTheirDays(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	path := d.csv("tts.csv", "item_id,timestamp,demand", "a,2024-01-31,1", "a,2024-02-01,2", "a,2024-02-29,4", "a,2024-03-04,8")
	for freq, want := range map[string][]float64{"M": {1, 6, 8}, "W": {3, 0, 0, 0, 4, 8}, "Q": {15}, "H": nil} {
		f, err := demand.ParseFreq(freq)
		if err != nil {
			t.Fatal(err)
		}
		s := daily(path)
		s.Freq = f
		r, err := Read(t.Context(), s)
		if freq == "Q" {
			if err == nil {
				t.Error("one quarter bears a horizon of one")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if want != nil {
			if diff := cmp.Diff(want, r.Panel.Y); diff != "" {
				t.Errorf("%s: demand (-want +got):\n%s", freq, diff)
			}
		}
	}
}

func TestAnEmptyDemandIsNotObservedAndNotFilled(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	r := mustRead(t, daily(d.csv("tts.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-02,", "a,2024-01-03,2")))
	if diff := cmp.Diff([]float64{1, math.NaN(), 2}, r.Panel.Y, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if r.Panel.Filled != nil || r.Audit.NullDemand != 1 || r.Audit.Target.Used != 3 {
		t.Errorf("filled %v, audit %+v", r.Panel.Filled, r.Audit)
	}
}

func TestRelatedValuesLandInThePastAndInTheFuture(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("tts.csv", "item_id,store_id,timestamp,demand", "a,s,2024-01-01,1", "a,s,2024-01-02,1", "a,t,2024-01-02,1"))
	s.Related = []string{d.csv("rts.csv", "timestamp,Promo,price,store_id,item_id",
		"2024-01-01,1,2.5,s,a", "2024-01-03,0,2.25,s,a", // 2 January is missing
		"2024-01-01,1,9,t,a", // before the series begins
		"2024-01-02,,3,t,a", "2024-01-03,1,3.5,t,a",
		"2024-01-04,1,3.5,t,a", // after the horizon
		"2024-01-04,1,3.5,x,a") /* no such series */}
	r := mustRead(t, s)
	nan := math.NaN()
	past := []demand.Column{
		{Name: "price", Role: demand.Price, V: []float64{2.5, nan, 3}},
		{Name: "Promo", Role: demand.Promotion, V: []float64{1, nan, nan}},
	}
	if diff := cmp.Diff(past, r.Panel.X, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("past (-want +got):\n%s", diff)
	}
	ahead := []demand.Column{
		{Name: "price", Role: demand.Price, V: []float64{2.25, 3.5}},
		{Name: "Promo", Role: demand.Promotion, V: []float64{0, 1}},
	}
	if diff := cmp.Diff(ahead, r.Future.X); diff != "" {
		t.Errorf("future (-want +got):\n%s", diff)
	}
	notNeeded := []Count{{BeforeSeriesStart, 1}, {AfterHorizon, 1}, {KeyNotInTarget, 1}}
	if diff := cmp.Diff(notNeeded, r.Audit.Related.NotNeeded); diff != "" {
		t.Errorf("not needed (-want +got):\n%s", diff)
	}
	if r.Audit.NullFeatures != 3 || r.Audit.Related.Used != 4 {
		t.Errorf("audit %+v", r.Audit)
	}
}

func TestRelatedRowsWithoutAStoreSpeakForEveryStore(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("tts.csv", "item_id,store_id,timestamp,demand", "a,s,2024-01-01,1", "a,s,2024-01-02,1", "a,t,2024-01-02,1", "b,t,2024-01-02,1"))
	s.Related = []string{
		d.csv("item.csv", "item_id,timestamp,price", "a,2024-01-01,1", "a,2024-01-02,2", "a,2024-01-03,3", "b,2024-01-02,4", "b,2024-01-03,5"),
		d.csv("store.csv", "item_id,store_id,timestamp,promotion", "a,s,2024-01-03,1", "a,t,2024-01-03,0", "b,t,2024-01-03,1"),
	}
	s.Features = []Feature{{Name: "promotion", Role: demand.Promotion}, {Name: "PRICE", Role: demand.Price}}
	r := mustRead(t, s)
	if diff := cmp.Diff([]float64{1, 2, 2, 4}, r.Panel.X[1].V); diff != "" {
		t.Errorf("past price (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{3, 3, 5}, r.Future.X[1].V); diff != "" {
		t.Errorf("future price (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{1, 0, 1}, r.Future.X[0].V); diff != "" {
		t.Errorf("future promotion (-want +got):\n%s", diff)
	}
}

func TestMetadataBecomesSortedLabels(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("tts.csv", "item_id,store_id,timestamp,demand", "a,s,2024-01-01,1", "a,s,2024-01-02,1", "b,t,2024-01-02,1", "c,t,2024-01-02,1"))
	s.Items = d.csv("items.csv", "size,item_id,category", "big,b,drinks", ",a,food", "huge,other,toys")
	s.Stores = d.csv("stores.csv", "store_id,city", "t,Ulm", "s,Aarau")
	r := mustRead(t, s)
	want := []demand.Attribute{
		{Name: "category", Labels: []string{"drinks", "food"}, Code: []int32{1, 0, -1}},
		{Name: "size", Labels: []string{"big"}, Code: []int32{-1, 0, -1}},
		{Name: "city", OfStore: true, Labels: []string{"Aarau", "Ulm"}, Code: []int32{0, 1, 1}},
	}
	if diff := cmp.Diff(want, r.Panel.Static); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, r.Future.Static); diff != "" {
		t.Errorf("attributes of the future (-want +got):\n%s", diff)
	}
	if r.Audit.NoItem != 1 || r.Audit.NoStore != 0 || r.Audit.Items.NotNeededRows() != 1 {
		t.Errorf("audit %+v %+v", r.Audit, r.Audit.Items)
	}
}

func TestRejectsWithinTheAllowedShareAreCountedAndListed(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("tts.csv", "item_id,timestamp,demand",
		"a,2024-01-01,1", "a,2024-02-30,1", "", "a,2024-01-02,-3", "a,2024-01-02,x", "a,2024-01-02", "a,2024-01-03,2"))
	s.MaxRejectShare = 0.7
	r := mustRead(t, s)
	path := s.Target[0]
	want := []Reject{
		{File: path, Line: 3, Column: "timestamp", Reason: BadTimestamp, Value: "2024-02-30"},
		{File: path, Line: 5, Column: "demand", Reason: NegativeDemand, Value: "-3"},
		{File: path, Line: 6, Column: "demand", Reason: BadNumber, Value: "x"},
		{File: path, Line: 7, Reason: FieldCount, Value: "2 of 3 fields"},
	}
	if diff := cmp.Diff(want, r.Audit.Target.Rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if in := r.Audit.Target; in.Rows != 6 || in.Used != 2 || in.RejectedRows() != 4 {
		t.Errorf("audit %+v", in)
	}
	text, err := json.Marshal(r.Audit)
	if err != nil {
		t.Fatal(err)
	}
	var back Audit
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Audit, back); diff != "" {
		t.Errorf("audit after JSON (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(text), `"reason":"negative_demand"`) {
		t.Errorf("reasons are not written by name: %s", text)
	}
}

func TestAuditCheckReportsRowsThatAreNotAccountedFor(t *testing.T) {
	t.Parallel()
	a := Audit{Target: Input{Rows: 2, Used: 2}, Related: &Input{Rows: 5, Used: 2, NotNeeded: []Count{{AfterHorizon, 1}}, Rejected: []Count{{BadNumber, 1}}}}
	err := a.Check()
	want := "check audit of related: 5 rows in, but 2 used + 1 not needed + 1 rejected = 4"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestProgressEndsWithAllBytes(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(
		d.csv("a.csv", "item_id,timestamp,demand", "a,2024-01-01,1"),
		d.write("b.csv.gz", gzipOf(t, []byte("item_id,timestamp,demand\na,2024-01-02,1\n"))),
		d.write("c", parquetOf(t, []struct {
			Item string  `parquet:"item_id"`
			Day  string  `parquet:"timestamp"`
			Y    float64 `parquet:"demand"`
		}{{"a", "2024-01-03", 3}})))
	var done, total int64
	s.OnProgress = func(d, n int64) { done, total = d, n }
	r := mustRead(t, s)
	if done != total || total != r.Audit.Target.Bytes {
		t.Errorf("progress ends at %d of %d bytes, the inputs have %d", done, total, r.Audit.Target.Bytes)
	}
}

func TestARejectedRowIsNoDuplicate(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", header, "a,s,2024-01-01,-1", "a,s,2024-01-01,1", "a,s,2024-01-01,-Inf", "a,s,2024-01-02,1"))
	s.MaxRejectShare = 1
	if r := mustRead(t, s); r.Panel.Y[0] != 1 {
		t.Errorf("demand %v", r.Panel.Y)
	}
	s.Target = append(s.Target, d.csv("more.csv", header, "a,s,2024-01-01,2"))
	_, err := Read(t.Context(), s)
	want := "read target: two rows for a@s at 2024-01-01: " + s.Target[0] + ":3 and " + s.Target[1] + ":2; keep one row for each key and time"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestNoDemandHasOneForm(t *testing.T) {
	t.Parallel()
	r := mustRead(t, daily(newFolder(t).csv("tts.csv", header, "a,s,2024-01-01,-0", "a,s,2024-01-02,-0.0")))
	for _, y := range r.Panel.Y {
		if math.Signbit(y) {
			t.Error("a demand of −0 is kept, and would be written as such")
		}
	}
}

func TestALongPauseOfASmallShareIsNoWrongDate(t *testing.T) {
	t.Parallel()
	lines := []string{header}
	for day := int64(0); day < 4000; day += 100 {
		lines = append(lines, "a,s,"+dayText(10000+day)+",1")
	}
	lines = append(lines, "a,s,"+dayText(10000+3900+800)+",1") // more than two years, less than a third
	mustRead(t, daily(newFolder(t).csv("tts.csv", lines...)))
}
