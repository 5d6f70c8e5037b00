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
	out, err := cmd.CombinedOutput()
	if text := strings.TrimSpace(string(out)); err != nil || text != "" && advice == formatAdvice {
		t.Errorf("%s: %v\n%s\n%s", strings.Join(command, " "), err, text, advice)
	}
}

const formatAdvice = "format these files: make fmt"

func TestVetFindsNothing(t *testing.T) { lint(t, "mend what vet reports", "go", "vet", "./...") }

func TestStaticcheckFindsNothing(t *testing.T) {
	lint(t, "mend what staticcheck reports; its page for each code says how", "go", "tool", "staticcheck", "./...")
}

func TestEveryFileIsFormatted(t *testing.T) {
	lint(t, formatAdvice, "go", "tool", "gofumpt", "-l", ".")
}
