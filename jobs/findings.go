package jobs

import (
	"context"
	"fmt"
	"strings"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/audit"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// DataAudit is what an audit found in the inputs of a night.
type DataAudit struct {
	Inputs   []report.Input  `json:"inputs"`
	Series   int             `json:"series"`
	Cells    int64           `json:"cells"` // periods of all series together
	First    string          `json:"first"` // period of the panel
	Last     string          `json:"last"`
	Findings []audit.Finding `json:"findings"`
}

// Audit reads the inputs as far as they can be read, and looks for what is wrong with them. Nothing is forecast.
func (n Night) Audit(ctx context.Context) (*DataAudit, error) {
	t := &clock{now: n.Now, progress: n.Progress}
	n.Spec.Tolerant = true
	in, err := n.read(ctx, t)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	findings, err := n.findings(ctx, t, in)
	if err != nil {
		return nil, err
	}
	out := &DataAudit{
		Inputs: account(in.Audit), Series: in.Frame.Len(), Cells: in.Audit.Cells,
		First: in.Frame.Cal.Format(in.Frame.First()), Last: in.Frame.Cal.Format(in.Frame.End - 1), Findings: findings,
	}
	t.stop()
	return out, nil
}

// findings are those of the read and those of the series, which are read part by part.
func (n Night) findings(ctx context.Context, t *clock, in *inputs) ([]audit.Finding, error) {
	t.phase("audit", 0)
	var series audit.Gatherer
	for k := range in.Len() {
		part, err := in.Read(ctx, k)
		if err != nil {
			return nil, err
		}
		series.Add(part.Panel, n.workers())
	}
	return audit.Merge(readFindings(in.Parts), series.Findings()), nil
}

// readFindings says what the read met.
func readFindings(in *ingest.Parts) []audit.Finding {
	a := in.Audit
	var found []audit.Finding
	add := func(f audit.Finding, places ...string) {
		f.Examples = examples(places)
		found = append(found, f)
	}
	add(audit.Finding{
		Code: "D002", What: "periods without a row, between the first and the last row of a series or after it",
		Count: a.FilledMiddle + a.FilledBack, Of: a.Cells, Unit: "periods", Severity: gapSeverity(a),
		Effect: fmt.Sprintf("they count as what the filling says, by default as nothing sold; %d are left not observed", a.FilledNaN), Decides: "input.filling, demand",
	}, placed(a.Named.Filled, "no row")...)
	add(audit.Finding{
		Code: "D003", What: "empty demand", Count: a.NullDemand, Of: a.Cells, Unit: "periods",
		Effect: "the periods are not observed", Decides: "input.filling, demand",
	}, placed(a.Named.NullDemand, "the demand is empty")...)
	add(audit.Finding{
		Code: "V007", What: "periods in which stock ran out", Count: a.Censored, Of: a.Cells, Unit: "periods",
		Effect: "they are censored: demand was at least what was sold", Decides: "input.features, role in_stock or stock",
	}, placed(a.Named.Censored, "stock ran out")...)
	add(audit.Finding{
		Code: "M001", What: "series without item metadata", Count: int64(a.NoItem), Of: int64(a.Series), Unit: "series", Severity: audit.Warning,
		Effect: "they have no attributes of the item", Decides: "input.items",
	}, placed(a.Named.NoItem, "the items have no row for it")...)
	add(audit.Finding{
		Code: "M002", What: "series without store metadata", Count: int64(a.NoStore), Of: int64(a.Series), Unit: "series", Severity: audit.Warning,
		Effect: "they have no attributes of the store", Decides: "input.stores",
	}, placed(a.Named.NoStore, "the stores have no row for it")...)
	for _, m := range a.MissingFeatures {
		add(audit.Finding{
			Code: "C001", What: "feature with values missing in the past: " + m.Feature, Count: m.Values(), Of: m.Of, Unit: "values", Severity: audit.Warning,
			Effect:  fmt.Sprintf("they are not known: %d before the first value of their series, %d in the middle, %d after the last", m.Front, m.Middle, m.Back),
			Decides: "input.filling, " + strings.ToLower(m.Feature),
		}, placed(m.Examples, "no value")...)
	}
	found = append(found, rejectFindings(a)...)
	if a.Stockouts != nil {
		found = append(found, stockoutFinding(a.Stockouts, a.Cells))
	}
	for _, f := range a.Faults {
		found = append(found, faultFinding(f))
	}
	return append(found, keyVariants("item_id", in.Frame.Keys, func(k demand.Key) string { return k.Item }),
		keyVariants("store_id", in.Frame.Keys, func(k demand.Key) string { return k.Store }),
		keyVariants("dimensions", in.Frame.Keys, func(k demand.Key) string { return k.Dims }), metadataVariants(a.Named.NoSeries))
}

// metadataVariants finds metadata whose keys are those of the target but for case or blanks.
func metadataVariants(u ingest.Unused) audit.Finding {
	f := audit.Finding{
		Code: "D004", What: "keys of metadata that differ from those of the target by case or blanks alone", Unit: "keys", Severity: audit.Warning,
		Count: u.Differ, Effect: "they describe no series", Decides: "input.items, input.stores",
	}
	for _, v := range u.Variants[:min(len(u.Variants), audit.Examples)] {
		f.Examples = append(f.Examples, audit.Example{Where: v.Where, Text: fmt.Sprintf("%s %q; the target has %q", v.Column, v.Has, v.Target)})
	}
	return f
}

// placed says at each of some places what is there.
func placed(places []string, what string) []string {
	said := make([]string, len(places))
	for i, p := range places {
		said[i] = p + ": " + what
	}
	return said
}

// examples are those of places and texts, with a colon and a blank between the two.
func examples(said []string) (list []audit.Example) {
	for _, s := range said[:min(len(said), audit.Examples)] {
		at := strings.LastIndex(s, ": ")
		list = append(list, audit.Example{Where: s[:at], Text: s[at+2:]})
	}
	return list
}

// stockoutFinding is that of zeros which demand does not explain.
func stockoutFinding(s *ingest.Stockouts, cells int64) audit.Finding {
	f := audit.Finding{
		Code: "V006", Severity: audit.Warning, What: "zeros that look like stock-outs", Count: s.Cells, Of: cells, Unit: "periods",
		Effect: "they count as no demand", Decides: "input.censoring",
	}
	if s.Censored {
		f.Severity, f.Effect = audit.Info, "they are censored: demand was at least what was sold"
	}
	for _, e := range s.Examples[:min(len(s.Examples), audit.Examples)] {
		f.Examples = append(f.Examples, audit.Example{
			Where: fmt.Sprintf("%v at %s", e.Key, e.First), Text: fmt.Sprintf("nothing sold until %s, which chance does with a probability of %.1g", e.Last, e.P),
		})
	}
	return f
}

// gapSeverity is that of periods without a row: where most are, the frequency is likely not that of the feed.
func gapSeverity(a ingest.Audit) audit.Severity {
	if 2*(a.FilledMiddle+a.FilledBack) > a.Cells {
		return audit.Warning
	}
	return audit.Info
}

// rejectFindings are those of rows that cannot be used, and of metadata that nothing uses.
func rejectFindings(a ingest.Audit) []audit.Finding {
	var found []audit.Finding
	for name, in := range a.Inputs() {
		for _, c := range in.Rejected {
			f := audit.Finding{
				Code: "R001", What: fmt.Sprintf("rejected rows of %s: %s", name, c.Reason), Count: c.Rows, Of: in.Rows, Unit: "rows", Severity: audit.Warning,
				Effect: "they are not used", Decides: "input.max_reject_share",
			}
			if c.Reason == ingest.NegativeDemand {
				f.Code, f.What = "V001", "negative demand, as returns are booked"
				f.Effect = "they are not used, and a period that has no other row is not observed"
			}
			for _, r := range in.Rejects {
				if r.Reason == c.Reason && len(f.Examples) < audit.Examples {
					where, text, _ := strings.Cut(rejected(r), ": ")
					f.Examples = append(f.Examples, audit.Example{Where: where, Text: text})
				}
			}
			found = append(found, f)
		}
		for _, c := range in.NotNeeded {
			if c.Reason == ingest.KeyNotInTarget && (name == "items" || name == "stores") {
				unused := map[string][]string{"items": a.Named.NoSeries.Items, "stores": a.Named.NoSeries.Stores}
				found = append(found, audit.Finding{
					Code: "M003", What: name + " metadata without a series", Count: c.Rows, Of: in.Rows, Unit: "rows",
					Effect: "they are not needed", Decides: "input." + name, Examples: examples(unused[name]),
				})
			}
		}
	}
	return found
}

// faultFinding is what a night would be refused for.
func faultFinding(f ingest.Fault) audit.Finding {
	found := audit.Finding{Severity: audit.Error, Count: max(1, f.Count), Effect: "a night is refused", Examples: []audit.Example{{Where: "read", Text: f.Text}}}
	switch f.Kind {
	case ingest.DuplicateRows:
		found.Code, found.What, found.Unit, found.Decides = "D001", "two rows for one key and time", "rows", "input.target, input.related, input.import"
		found.Effect = "a night is refused, unless a newer import is meant to correct an older one (input.import: incremental)"
	case ingest.RejectedRows:
		found.Code, found.What, found.Unit, found.Decides = "R001", "more rows are rejected than are allowed", "rows", "input.max_reject_share"
	case ingest.RelatedPast:
		found.Code, found.What, found.Unit, found.Decides = "C001", "features miss values of the past, which are all asked for", "values", "input.strict_related"
	case ingest.RelatedFrequency:
		found.Code, found.What, found.Unit, found.Decides = "C001", "related series are coarser than the frequency", "inputs", "input.frequency"
	case ingest.RelatedFuture:
		found.Code, found.What, found.Unit, found.Decides = "C002", "feature with values missing in the horizon", "values", "input.features, input.filling"
	case ingest.RelatedHistory:
		found.Code, found.What, found.Unit, found.Decides = "L001", "feature that nobody knows ahead", "values", "input.features"
	}
	return found
}

// keyVariants finds names that are the same but for case or blanks: two series where there should be one.
func keyVariants(column string, keys []demand.Key, name func(demand.Key) string) audit.Finding {
	f := audit.Finding{
		Code: "D004", What: column + " that differ by case or blanks alone", Unit: "keys", Severity: audit.Warning,
		Effect: "they are different series", Decides: "input.target",
	}
	first := map[string]string{}
	seen := map[string]bool{}
	for _, k := range keys {
		n := name(k)
		if seen[n] {
			continue
		}
		seen[n] = true
		f.Of++
		folded := ingest.FoldKey(n)
		other, twice := first[folded]
		if !twice {
			first[folded] = n
			continue
		}
		f.Count++
		if len(f.Examples) < audit.Examples {
			f.Examples = append(f.Examples, audit.Example{Where: fmt.Sprintf("%q", n), Text: fmt.Sprintf("the same as %q", other)})
		}
	}
	return f
}
