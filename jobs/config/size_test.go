package config

import (
	"strings"
	"testing"
)

func TestSizesAreReadAndWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Size{"0": 0, "2GiB": 2 << 30, "512 MiB": 512 << 20, "1TiB": 1 << 40, "300KiB": 300 << 10, "7B": 7} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
		if got, want := s.String(), strings.ReplaceAll(text, " ", ""); got != want {
			t.Errorf("%q is written %q", text, got)
		}
	}
	for _, text := range []string{"", "2", "2GB", "-1GiB", "1.5GiB", "GiB", "9000000TiB", "two GiB"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "write it as 512MiB or 2GiB") {
			t.Errorf("%q: %d, %v", text, s, err)
		}
	}
}
