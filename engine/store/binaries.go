//go:build unix

package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binaries is an installation of Postgres: a directory with postgres and initdb in it.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// binaryPlaces are where packages put the server's programs, which are often not in PATH.
var binaryPlaces = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // the PostgreSQL project's packages for Red Hat and SUSE
	"/usr/lib/postgresql*/bin",  // SUSE
	"/usr/libexec/postgresql*",  // Alpine
	"/usr/local/pgsql/bin",      // built from source
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/Library/PostgreSQL/*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries returns the newest installation, or the one of the given major version where that is not 0.
// SHELFCAST_PGBIN names the one to use instead of those found.
func findBinaries(ctx context.Context, major int) (binaries, error) {
	dirs := binaryDirs()
	var best binaries
	var found []string
	for _, dir := range dirs {
		v, ok := serverVersion(ctx, dir)
		if !ok {
			continue
		}
		found = append(found, fmt.Sprintf("%d in %s", v, dir))
		if v > best.major && (major == 0 || v == major) {
			best = binaries{dir, v}
		}
	}
	switch {
	case ctx.Err() != nil:
		return best, context.Cause(ctx)
	case best.major > 0:
		return best, nil
	case len(found) > 0:
		return best, fmt.Errorf("%w: the data was written by Postgres %d, and installed here is %s; nothing was changed: "+
			"install version %d (apt-get install postgresql-%d), or name its programs in SHELFCAST_PGBIN, or move the data to the new version with pg_upgrade or pg_dump",
			ErrNoBinaries, major, strings.Join(found, ", "), major, major)
	case os.Getenv("SHELFCAST_PGBIN") != "":
		return best, fmt.Errorf("%w: SHELFCAST_PGBIN names %s, where postgres and initdb are not", ErrNoBinaries, os.Getenv("SHELFCAST_PGBIN"))
	}
	return best, fmt.Errorf("%w: install it (Debian, Ubuntu: apt-get install postgresql; Red Hat: dnf install postgresql-server; macOS: brew install postgresql), "+
		"or name the directory of its programs in SHELFCAST_PGBIN, or set DATABASE_URL to a Postgres of your own", ErrNoBinaries)
}

// binaryDirs lists where to look, each directory once.
func binaryDirs() []string {
	if named := os.Getenv("SHELFCAST_PGBIN"); named != "" {
		return []string{named}
	}
	var dirs []string
	for _, place := range binaryPlaces {
		found, _ := filepath.Glob(place) // the only error is a bad pattern, and these are constants
		dirs = append(dirs, found...)
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// serverVersion asks postgres for its major version; ok is false where dir is no complete installation.
func serverVersion(ctx context.Context, dir string) (major int, ok bool) {
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return 0, false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, false
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0, false
	}
	major, err = strconv.Atoi(string(m[1]))
	return major, err == nil
}

// dataVersion returns the major version that wrote a data directory, 0 where there is none yet.
func dataVersion(h home) (int, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, emptyOrAbsent(h.data())
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || major == 0 {
		return 0, fmt.Errorf("%s/PG_VERSION holds %q, which is no version of Postgres; nothing was changed: restore the data from a backup", h.data(), oneLine(string(text)))
	}
	return major, nil
}

// emptyOrAbsent refuses a directory that holds something else than a database.
func emptyOrAbsent(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s holds files and no PG_VERSION, so it is no database; nothing was changed: move it away, or set SHELFCAST_HOME to another directory", dir)
	}
	return nil
}
