package jobs

import (
	"strings"
	"testing"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/audit"
	"shelfcast/ingest"
)

func TestEveryFactOfAReadIsAFindingWithItsCode(t *testing.T) {
	t.Parallel()
	in := &ingest.Parts{
		Frame: &demand.Panel{Keys: []demand.Key{{Item: "Milk ", Store: "s"}, {Item: "milk", Store: "s"}}},
		Audit: ingest.Audit{
			Series: 2, Cells: 100, FilledMiddle: 40, FilledBack: 20, FilledNaN: 5, NullDemand: 3, Censored: 4, NoItem: 1, NoStore: 2,
			MissingFeatures: []ingest.MissingFeature{{Feature: "Price", Front: 1, Middle: 2, Back: 3, Of: 100, Examples: []string{"milk@s from a to b (6)"}}},
			Stockouts:       &ingest.Stockouts{Cells: 7, Examples: []ingest.Stockout{{Key: demand.Key{Item: "milk"}, First: "a", Last: "b", P: 1e-6}}},
			Named: ingest.Named{
				Filled: []string{"milk@s at a (1)"}, NullDemand: []string{"milk@s at b (1)"}, Censored: []string{"milk@s at c (1)"},
				NoItem: []string{"milk@s"}, NoStore: []string{"cola@s"},
				NoSeries: ingest.Unused{Items: []string{"C:\\items.csv:3: ghost"}, Differ: 1, Variants: []ingest.Variant{{Where: "items.csv:4", Column: "item_id", Has: "MILK", Target: "milk"}}},
			},
			Target: ingest.Input{
				Rows:     10,
				Rejected: []ingest.Count{{Reason: ingest.NegativeDemand, Rows: 2}, {Reason: ingest.BadNumber, Rows: 1}},
				Rejects:  []ingest.Reject{{File: "t.csv", Line: 3, Column: "demand", Value: "-1", Reason: ingest.NegativeDemand}},
			},
			Items: &ingest.Input{Rows: 9, NotNeeded: []ingest.Count{{Reason: ingest.KeyNotInTarget, Rows: 8}}},
			Faults: []ingest.Fault{
				{Kind: ingest.DuplicateRows, Count: 11, Text: "twice"},
				{Kind: ingest.RejectedRows, Count: 3, Text: "too many"},
				{Kind: ingest.RelatedFuture, Count: 12, Text: "price has 1 of 2"},
				{Kind: ingest.RelatedHistory, Count: 13, Text: "footfall is historical: …"},
				{Kind: ingest.RelatedFrequency, Text: "coarse"},
				{Kind: ingest.RelatedPast, Count: 6, Text: "strict"},
			},
		},
	}
	got := audit.Merge(readFindings(in))
	for _, want := range []struct {
		code, what string
		count      int64
		severity   audit.Severity
		example    string
	}{
		{"D001", "two rows", 11, audit.Error, "twice"},
		{"D002", "without a row", 60, audit.Warning, "milk@s at a (1): no row"}, // most periods
		{"D003", "empty", 3, audit.Info, "milk@s at b (1): the demand is empty"},
		{"D004", "item_id", 1, audit.Warning, `the same as "Milk "`},
		{"D004", "metadata", 1, audit.Warning, `items.csv:4: item_id "MILK"; the target has "milk"`},
		{"V001", "negative", 2, audit.Warning, "-1"},
		{"V006", "stock-outs", 7, audit.Warning, "1e-06"},
		{"V007", "ran out", 4, audit.Info, "milk@s at c (1): stock"},
		{"M001", "item metadata", 1, audit.Warning, "milk@s: the items"},
		{"M002", "store metadata", 2, audit.Warning, "cola@s: the stores"},
		{"M003", "without a series", 8, audit.Info, "C:\\items.csv:3: ghost"},
		{"R001", "bad_number", 1, audit.Warning, ""}, // its example is not among those kept
		{"R001", "more rows", 3, audit.Error, "too many"},
		{"C001", "Price", 6, audit.Warning, "from a to b"},
		{"C001", "coarser", 1, audit.Error, "coarse"},
		{"C001", "all asked for", 6, audit.Error, "strict"},
		{"C002", "horizon", 12, audit.Error, "price has"},
		{"L001", "ahead", 13, audit.Error, "historical"},
	} {
		found := false
		for _, f := range got {
			if f.Code != want.code || !strings.Contains(f.What, want.what) {
				continue
			}
			found = true
			if f.Count != want.count || f.Severity != want.severity || f.Effect == "" || f.Decides == "" {
				t.Errorf("%s: %+v, want %+v", want.code, f, want)
			}
			if want.example != "" && (len(f.Examples) == 0 || !strings.Contains(f.Examples[0].Where+": "+f.Examples[0].Text, want.example)) {
				t.Errorf("%s: examples %v, want %q", want.code, f.Examples, want.example)
			}
		}
		if !found {
			t.Errorf("%s, %s, is not found", want.code, want.what)
		}
	}
	if len(got) != 18 {
		t.Errorf("%d findings, want 18", len(got))
	}
}
