package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// inputName is an input of a read under the name that reports use.
type inputName struct {
	name string
	of   *ingest.Input
}

// inputsOf lists the inputs that were asked for.
func inputsOf(a ingest.Audit) []inputName {
	var out []inputName
	for _, in := range []inputName{{"target", &a.Target}, {"related", a.Related}, {"items", a.Items}, {"stores", a.Stores}} {
		if in.of != nil {
			out = append(out, in)
		}
	}
	return out
}

// dataHash covers the contents of every input.
func dataHash(a ingest.Audit) string {
	h := sha256.New()
	for _, in := range inputsOf(a) {
		h.Write([]byte(in.name + "\x00" + in.of.SHA256 + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// maxRejects is the number of rejected rows of an input that the report names.
const maxRejects = 10

// account tells the report what came in.
func account(a ingest.Audit) []report.Input {
	var out []report.Input
	for _, in := range inputsOf(a) {
		line := report.Input{
			Name: in.name, Bytes: in.of.Bytes, Rows: in.of.Rows, Used: in.of.Used,
			NotNeeded: counts(in.of.NotNeeded), Rejected: counts(in.of.Rejected),
		}
		for _, f := range in.of.Files {
			line.Files = append(line.Files, f.Path)
		}
		for _, r := range in.of.Rejects[:min(len(in.of.Rejects), maxRejects)] {
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
