package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDaysOfAConfigurationArePrinted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"c.yaml": `input: {target: [t.csv]}
forecast: {horizon: 7}
calendar:
  country: DE
  events: [{name: holidays, before: 2}, Black Friday]
  pay_days: {days: [last]}
  files: [school.csv]
  closed: {weekdays: [sunday], holidays: own, files: [closed.csv]}
`,
		"school.csv": "name,kind,from,to\nHerbstferien,school,2026-10-12,2026-10-24\n",
		"closed.csv": "store,from,to,name\nS1,2026-10-07,2026-10-08,Inventur\nS2,2026-10-09,,Umbau\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	conf := filepath.Join(dir, "c.yaml")
	r := run(t, nil, "calendar", "--config", conf, "--from", "2026-10-02", "--to", "2026-10-13", "--store", "S1", "--format", "csv")
	want := `from,to,what,name,kind,before,after,country,store
2026-10-03,2026-10-03,event,Tag der Deutschen Einheit,public,2,0,DE,*
2026-10-03,2026-10-03,closed,Tag der Deutschen Einheit,public,0,0,DE,*
2026-10-04,2026-10-04,closed,Sunday,weekday,0,0,*,*
2026-10-07,2026-10-08,closed,Inventur,,0,0,*,S1
2026-10-11,2026-10-11,closed,Sunday,weekday,0,0,*,*
2026-10-12,2026-10-24,event,Herbstferien,school,0,0,*,*
`
	if r.code != exitOK || r.out != want {
		t.Errorf("exit code %d\n%s\nwant\n%s%s", r.code, r.out, want, r.errOut)
	}
	r = run(t, nil, "calendar", "--config", conf, "--from", "2026-11-27", "--to", "2026-11-30")
	if r.code != exitOK || !strings.Contains(r.out, "2026-11-27 Fri  2026-11-27 Fri  event   Black Friday  retail") || !strings.Contains(r.out, "2026-11-30 Mon  2026-11-30 Mon  event   Pay day") {
		t.Errorf("as text: exit code %d\n%s", r.code, r.out)
	}
	r = run(t, nil, "calendar", "--config", conf, "--from", "2026-11-27", "--to", "2026-11-01")
	if r.code != exitUsage {
		t.Errorf("a span that ends before it begins: exit code %d", r.code)
	}
}

func TestFlagsOfTheCalendarCloseDaysAndNameEvents(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString(header)
	for d := 1; d <= 30; d++ {
		fmt.Fprintf(&b, "a,s,2026-04-%02d,5\n", d)
	}
	target := filepath.Join(dir, "t.csv")
	if err := os.WriteFile(target, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "f.csv")
	args := []string{"forecast", "--target", target, "--frequency", "D", "--horizon", "4", "--models", "naive", "--out", out}
	mustRun(t, nil, append(args, "--country", "de", "--events", "holidays:2:1,Black Friday", "--closed", "sunday,holidays")...)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a,s,2026-05-01,0,", "a,s,2026-05-02,5,", "a,s,2026-05-03,0,", "a,s,2026-05-04,5,"} { // Labour Day, and a Sunday
		if !strings.Contains(string(text), want) {
			t.Errorf("the forecast lacks %s\n%s", want, text)
		}
	}
	for flag, want := range map[string]string{
		"--events=Blak Friday": `did you mean "Black Friday"?`, "--events=Black Friday:x": "has no window", "--closed=holidays": "the country of the stores is not said",
		"--closed=caturday": "is no day of the week", "--calendar=none.csv": "none.csv",
	} {
		if r := run(t, nil, append(args, flag)...); r.code == exitOK || !strings.Contains(r.errOut, want) {
			t.Errorf("%s: exit code %d, %s", flag, r.code, r.errOut)
		}
	}
}
