package floors

import (
	"os/exec"
	"strings"
	"testing"
)

// lint runs a tool in the repository and fails with what it prints.
func lint(t *testing.T, advice string, command ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: lint is left out")
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = repository
	var said strings.Builder // go reports downloads there, which are no findings
	cmd.Stderr = &said
	out, err := cmd.Output()
	if text := strings.TrimSpace(string(out)); err != nil || text != "" {
		t.Errorf("%s: %v\n%s\n%s\n%s", strings.Join(command, " "), err, text, said.String(), advice)
	}
}

func TestVetFindsNothing(t *testing.T) { lint(t, "mend what vet reports", "go", "vet", "./...") }

func TestStaticcheckFindsNothing(t *testing.T) {
	lint(t, "mend what staticcheck reports; its page for each code says how", "go", "tool", "staticcheck", "./...")
}

func TestEveryFileIsFormatted(t *testing.T) {
	lint(t, "format these files: make fmt", "go", "tool", "gofumpt", "-l", ".")
}
