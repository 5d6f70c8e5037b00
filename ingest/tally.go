package ingest

import "fmt"

// tally counts the rows that one worker met.
type tally struct {
	rows, used int64
	out        [allReasons]int64 // rows left out, by reason

	corrected, repeated int64 // of those that a newer import superseded
}

func (t *tally) add(u *tally) {
	t.rows += u.rows
	t.used += u.used
	t.corrected += u.corrected
	t.repeated += u.repeated
	for r := range t.out {
		t.out[r] += u.out[r]
	}
}

// supersede counts a row that a newer import replaced.
func (t *tally) supersede(differs bool) {
	t.out[Superseded]++
	if differs {
		t.corrected++
	} else {
		t.repeated++
	}
}

func (t *tally) rejected() (rows int64) {
	for _, n := range t.out[:rejectReasons] {
		rows += n
	}
	return rows
}

func (t *tally) counts(from, to int) []Count {
	var counts []Count
	for r := from; r < to; r++ {
		if t.out[r] > 0 {
			counts = append(counts, Count{Reason: Reason(r), Rows: t.out[r]})
		}
	}
	return counts
}

// overShare returns an error where more than share of the rows were rejected. It names the first of them.
func (t *tally) overShare(in string, share float64, first []fault) error {
	bad := t.rejected()
	if bad == 0 || float64(bad) <= share*float64(t.rows) {
		return nil
	}
	f := first[0]
	what := "row"
	if f.column != "" {
		what = f.column
	}
	return fmt.Errorf("read %s: %v: %s: %v: %q; %d of %d rows rejected, %g %% allowed: %s",
		in, f.at, what, f.reason, f.value, bad, t.rows, 100*share, f.reason.advice())
}
