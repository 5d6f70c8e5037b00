package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

func number(v float64) *float64 { return &v }

func setup() *Report {
	return &Report{
		BusinessDate: "2026-01-31", RunID: 7, Attempt: 2, Started: time.Date(2026, 2, 1, 2, 30, 0, 0, time.UTC),
		Frequency: "D", Horizon: 2, FirstPeriod: "2026-02-01", Levels: []float64{0.1, 0.9},
		Inputs: []Input{{
			Name: "target", Files: []string{"tts.csv"}, Rows: 1010, Used: 1000, NotNeeded: []Count{{"after_as_of", 7}},
			Rejected: []Count{{"bad_date", 3}}, Rejects: []string{"tts.csv:4: <b>bad</b>"},
		}},
		Cells: 1000, FilledCells: 12, Series: Flow{In: 10, Forecast: 9, Quarantined: 1}, Rows: 20,
		Quarantine: []Count{{"too_short", 1}}, Examples: []Quarantined{{demand.Key{Item: "milk", Store: "s<1>"}, "too_short", "too few observations"}},
		By: []Count{{"floor", 1}, {"npts", 9}},
		Models: []Model{
			{Name: "npts", Scores: []Score{{Metric: "wql", Value: number(0.5)}, {Metric: "wape", Window: 1, Value: number(0.7)}}},
			{Name: "floor", Floor: true, Scores: []Score{{Metric: "wql", Value: number(0.6)}}},
			{Name: "chosen", Chosen: true, Scores: []Score{
				{Metric: "wql", Value: number(0.45)}, {Metric: "coverage", Level: number(0.1), Value: number(0.12)}, {Metric: "mape"},
			}},
		},
		Phases: []Phase{{"read", 1500 * time.Millisecond}, {"fit", 90 * time.Second}}, Shards: 3, Workers: 2, Resumed: 1, PeakBytes: 1 << 30,
		Total: Total{Start: "2026-01-01", Observed: []float64{3, 4, 5}, Mean: []float64{4, 4}},
		Samples: []Sample{{
			Key: demand.Key{Item: "milk", Store: "s"}, Model: "npts", Start: "2026-01-29",
			Observed: []*float64{number(1), nil, number(3)}, Mean: []float64{2, 2}, Low: []float64{1, 1}, High: []float64{3, 4},
			Parts: []Part{{"trend", []float64{5, 4}}, {"weekly", []float64{-4, 0}}, {"<Black Friday> and the week after", []float64{1, 0}}, {"cut", []float64{0, -2}}},
		}},
		Notes: []string{"a note"}, Look: []string{"shelfcast db psql"},
	}
}

func TestTextTellsBothEquationsTheScoresAndWhereToLook(t *testing.T) {
	var b strings.Builder
	if err := setup().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"rows in 1,010 = used 1,000 + not needed 7 (after_as_of 7) + rejected 3 (bad_date 3)",
		"in 10 = forecast 9 + quarantined 1 (too_short 1)", "20 = 10 series × 2 periods", "npts 9",
		"0.4500", "floor (floor)", "1m32s: read 1.5s, fit 1m30s", "3 shards on 2 workers, 1 taken over", "peak memory 1.00 GiB", "a note", "shelfcast db psql",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

func TestPageIsSelfContainedAndEscapesWhatCameIn(t *testing.T) {
	var b strings.Builder
	if err := setup().WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, banned := range []string{"http:", "https:", "<script", "src=", "<b>bad", "s<1>", "<Black", "NaN"} {
		if strings.Contains(page, banned) {
			t.Errorf("the page holds %q", banned)
		}
	}
	if n := strings.Count(page, "<svg"); n != 6 {
		t.Errorf("the page has %d pictures, want 6", n)
	}
}

func TestPicturesAreWellFormed(t *testing.T) {
	r := setup()
	for name, svg := range map[string]string{
		"total": string(totalChart(r)), "sample": string(sampleChart(r, r.Samples[0])), "parts": string(partsChart(r.Samples[0])), "bars": string(metricBars(r, "wql")),
		"phases": string(phaseBars(r)), "coverage": string(coverageBars(r)), "empty": string(bars(nil)),
	} {
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v in %s", name, err, svg)
				break
			}
		}
	}
}

func TestPictureOfNothingIsStillAPicture(t *testing.T) {
	if svg := string(totalChart(&Report{})); !strings.HasPrefix(svg, "<svg") || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("got %s", svg)
	}
}

// Each part stands in a pane of its own, the fourth in a second row, and what adds 1 is a quarter as high as what takes 4.
func TestPartsStandSideBySideOnOneScale(t *testing.T) {
	svg := string(partsChart(setup().Samples[0]))
	for _, want := range []string{
		`viewBox="0 0 760 184"`, `translate(0.0 0.0)`, `translate(506.7 0.0)`, `translate(0.0 92.0)`,
		">trend</text>", ">&lt;Black Friday&gt; and the we…</text>", ">cut</text>",
		`<path class="part" d="M44 20.0H143.7V32.4H243.3"/>`, // the trend, 5 and 4 of 5; and 1 and 0 between −4 and 1
		`<path class="part" d="M44 82.0H143.7V32.4H243.3"/>`, // −4 and 0 between −4 and 1
		`<path class="part" d="M44 32.4H143.7V57.2H243.3"/>`, // 0 and −2
		`>−4</text>`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing in\n%s", want, svg)
		}
	}
	if n := strings.Count(svg, `d="M44 20.0H143.7V32.4H243.3"`); n != 2 {
		t.Errorf("what is alike but for its scale is drawn %d times, want 2", n)
	}
}

func TestAPageWithoutPartsHasNoPictureOfThem(t *testing.T) {
	r := setup()
	r.Samples[0].Parts = nil
	var b strings.Builder
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "<svg"); n != 5 || strings.Contains(b.String(), "is made of") {
		t.Errorf("the page has %d pictures, want 5", n)
	}
}

func TestRunWhoseEquationsDoNotHoldIsRefused(t *testing.T) {
	if err := setup().Check(); err != nil {
		t.Fatal(err)
	}
	for name, breakIt := range map[string]func(*Report){
		"target rows in 1011": func(r *Report) { r.Inputs[0].Rows++ },
		"series in 11":        func(r *Report) { r.Series.In++ },
		"forecast rows 19":    func(r *Report) { r.Rows-- },
	} {
		r := setup()
		breakIt(r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

func TestReportReadsBackFromJSONEqual(t *testing.T) {
	want := setup()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Report
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Error(diff)
	}
}

func TestPageIsSavedUnderItsDateAndAttempt(t *testing.T) {
	dir := t.TempDir() + "/new"
	name, err := setup().Save(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 || files[0].Name() != "run-2026-01-31-attempt-2.html" || name != dir+"/run-2026-01-31-attempt-2.html" {
		t.Errorf("got %s, %v", name, files)
	}
	if _, err := setup().Save("/dev/null/x"); err == nil || !strings.Contains(err.Error(), "write report") {
		t.Errorf("got %v", err)
	}
}

func TestNumbersAreGroupedByThree(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 47412345: "47,412,345", -1234: "-1,234"} {
		if got := Grouped(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestQuarantineShareOfNothingIsZero(t *testing.T) {
	if s := (&Report{}).QuarantineShare(); s != 0 {
		t.Errorf("got %g", s)
	}
	if s := setup().QuarantineShare(); s != 0.1 {
		t.Errorf("got %g", s)
	}
}
