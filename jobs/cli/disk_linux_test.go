package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFullDiskIsOneLineAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	data := chain(t, 60, 200)
	r := run(t, nil, "forecast", "--target", filepath.Join(data, "tts.parquet"), "--frequency", "D", "--horizon", "28", "--out", filepath.Join(dir, "out.csv"))
	if r.code != exitFailed || !strings.Contains(r.errOut, "no space left") || strings.Count(strings.TrimSpace(r.errOut), "\n") != 0 {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%s was left", left[0].Name())
	}
}
