package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAuditTakesTheFlagsOfForecast(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "t.csv")
	lines := header + "a,s,2024-01-01 06:00:00+01:00,1\na,s,2024-01-01 18:00:00+01:00,2\na,s,2024-01-02 06:00:00+01:00,-3\na,s,2024-01-03 06:00:00+01:00,4\n"
	if err := os.WriteFile(target, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, nil, "audit", "--target", target, "--zone", "Europe/Berlin", "--aggregation", "max", "--max-reject-share", "0.5", "--horizon", "1",
		"--import", "incremental", "--closed", "sunday", "--memory", "1GiB", "--fail-on", "never")
	if r.code != exitOK || !strings.Contains(r.out, "V001") || strings.Contains(r.out, "error") {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.errOut)
	}
	r = run(t, nil, "audit", "--target", target, "--horizon", "1", "--fail-on", "never")
	if !strings.Contains(r.errOut, "4 rejected") {
		t.Errorf("without a zone: exit code %d\n%s%s", r.code, r.out, r.errOut)
	}
	if r = run(t, nil, "audit", "--horizon", "1"); r.code != exitUsage || !strings.Contains(r.errOut, "no input is named") {
		t.Errorf("without an input: exit code %d, %s", r.code, r.errOut)
	}
}
