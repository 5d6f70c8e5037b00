package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// dataHash covers the contents of every input.
func dataHash(a ingest.Audit) string {
	h := sha256.New()
	for name, in := range a.Inputs() {
		h.Write([]byte(name + "\x00" + in.SHA256 + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// maxRejects is the number of rejected rows of an input that the report names.
const maxRejects = 10

// account tells the report what came in.
func account(a ingest.Audit) []report.Input {
	var out []report.Input
	for name, in := range a.Inputs() {
		line := report.Input{
			Name: name, Columns: in.Shown(), Bytes: in.Bytes, Rows: in.Rows, Used: in.Used,
			NotNeeded: counts(in.NotNeeded), Rejected: counts(in.Rejected),
		}
		for _, f := range in.Files {
			line.Files = append(line.Files, f.Path)
		}
		for _, r := range in.Rejects[:min(len(in.Rejects), maxRejects)] {
			line.Rejects = append(line.Rejects, rejected(r))
		}
		out = append(out, line)
	}
	return out
}

// rejected says which row was rejected and why, in one line.
func rejected(r ingest.Reject) string {
	at := fmt.Sprintf("%s:%d", r.File, r.Line)
	if r.Line == 0 {
		at = fmt.Sprintf("%s row group %d row %d", r.File, r.RowGroup, r.Row)
	}
	return fmt.Sprintf("%s: %s %q: %s", at, r.Column, r.Value, r.Reason)
}

func counts(list []ingest.Count) []report.Count {
	var out []report.Count
	for _, c := range list {
		out = append(out, report.Count{Name: c.Reason.String(), N: c.Rows})
	}
	return out
}
