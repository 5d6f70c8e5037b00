package cli

import (
	"strings"
	"testing"
)

func TestTheHolidaysOfACountryArePrinted(t *testing.T) {
	r := run(t, nil, "datasets", "holidays", "--country", "DE", "--year", "2026", "--format", "csv")
	if r.code != exitOK || !strings.HasPrefix(r.out, "country,from,to,name,kind\n") {
		t.Fatalf("exit code %d, output %q", r.code, r.out)
	}
	for _, want := range []string{"DE,2026-10-03,2026-10-03,Tag der Deutschen Einheit,public\n", "*,2026-11-27,2026-11-27,Black Friday,retail\n"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the output lacks %q:\n%s", want, r.out)
		}
	}
	r = run(t, nil, "datasets", "holidays", "--country", "DE", "--year", "2026")
	if r.code != exitOK || !strings.Contains(r.out, "2026-11-27 Fri  2026-11-27 Fri  *   retail") {
		t.Errorf("as text: exit code %d, output %q", r.code, r.out)
	}
}

func TestTheHolidaysOfACountryThatTheTableLacksAreRefused(t *testing.T) {
	r := run(t, nil, "datasets", "holidays", "--country", "XX", "--year", "2026")
	if r.code == exitOK || !strings.Contains(r.errOut, `country "XX"`) {
		t.Errorf("exit code %d, error %q", r.code, r.errOut)
	}
}
