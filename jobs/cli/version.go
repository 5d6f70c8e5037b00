package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
)

// codeVersion returns the version with the first digits of the SHA-256 of this very binary, so that a run can tell
// whether it was begun by the same code even where the version was not set.
var codeVersion = func() func(string) string {
	digest := sync.OnceValue(func() string {
		name, err := os.Executable()
		if err != nil {
			return "unknown"
		}
		f, err := os.Open(name)
		if err != nil {
			return "unknown"
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return "unknown"
		}
		return hex.EncodeToString(h.Sum(nil)[:6])
	})
	return func(version string) string { return version + "+" + digest() }
}()
