//go:build unix

package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	startPoll    = 15 * time.Millisecond // how often to look whether something has come about
	serverPort   = 5432                  // only names the socket: the server has no network
	maxSocket    = 107                   // bytes of a socket's path, sun_path without its final zero
	maxLog       = 10 << 20              // bytes of a log after which the next start begins a new one
	databaseName = "shelfcast"           // also the name of the server's only user
)

// open makes the data home, if need be, and takes the lock that lets one process at a time look for the server and
// start it. Close the file to release the lock.
func (h home) open(ctx context.Context) (*os.File, error) {
	if err := h.create(); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(h.lock(), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if err == unix.EWOULDBLOCK {
			err = pause(ctx, startPoll)
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("wait for the process that starts it: %w", err)
		}
	}
}

// create makes the directory. It is open to search, for the user that the server is dropped to; what is in it is not.
func (h home) create() error {
	if info, err := os.Stat(string(h)); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(string(h), 0o755); err != nil {
		return err
	}
	return os.Chmod(string(h), 0o755) // whatever the umask
}

// initialise makes the database cluster where there is none. It is made under another name, so that a data directory is
// always whole.
//
// Initdb inherits the lock of the data home: should this process be killed, the next one waits for the end of the initdb
// that it leaves behind, instead of working in the same directory.
func (h home) initialise(ctx context.Context, b binaries, a account, lock *os.File) error {
	// What stands under that name is an initialisation that was cut short, and never held data.
	if err := os.RemoveAll(h.fresh()); err != nil {
		return err
	}
	if err := os.Mkdir(h.fresh(), 0o700); err != nil {
		return err
	}
	if err := a.own(h.fresh()); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, b.path("initdb"), "--pgdata="+h.fresh(), "--username="+databaseName, "--auth=trust",
		"--encoding=UTF8", "--no-locale", "--data-checksums")
	prepareCommand(cmd, a)
	cmd.ExtraFiles = []*os.File{lock}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise the data with %s: %w: %s; mend that and try again", cmd.Path, err, faults(string(out)))
	}
	return os.Rename(h.fresh(), h.data())
}

// prepareCommand makes a command run as the account, out of reach of Ctrl-C, and with nothing of our environment but
// what finds its libraries: variables such as PGPORT or PGDATA mean another server.
func prepareCommand(cmd *exec.Cmd, a account) {
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if lib, set := os.LookupEnv("LD_LIBRARY_PATH"); set {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+lib)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: a.credential()}
}

// socketDir makes the private directory of the socket and returns it: inside the data home, or, where the path would be
// too long for a socket, in the directory of temporary files under a name made of the data home's.
func (h home) socketDir(a account) (string, error) {
	dir := h.socket()
	if !fitsSocket(dir) {
		sum := sha256.Sum256([]byte(h))
		dir = filepath.Join(os.TempDir(), "shelfcast-"+hex.EncodeToString(sum[:6]))
	}
	if !fitsSocket(dir) {
		return "", fmt.Errorf("the path of the socket in %s is longer than the %d bytes that the system allows; set SHELFCAST_HOME to a shorter directory", dir, maxSocket)
	}
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, a.own(dir)
	} else if !os.IsExist(err) {
		return "", err
	}
	// In a directory that others may write to, somebody else may have been first.
	info, err := os.Lstat(dir)
	if err == nil && (!info.IsDir() || info.Mode().Perm() != 0o700 || ownerOf(info) != a.uid) {
		err = fmt.Errorf("the directory of the socket, %s, is not one that only user %s may enter; remove it", dir, a.name)
	}
	return dir, err
}

func fitsSocket(dir string) bool {
	return len(filepath.Join(dir, fmt.Sprintf(".s.PGSQL.%d", serverPort))) <= maxSocket
}

// openLog opens the server's log for appending, and sets a long one aside.
func (h home) openLog() (*os.File, error) {
	if info, err := os.Stat(h.log()); err == nil && info.Size() > maxLog {
		if err := os.Rename(h.log(), h.log()+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(h.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY|syscall.O_NOFOLLOW, 0o640)
}

// logTail returns the last lines of the log that were written after the given size, and where to find the rest.
func (h home) logTail(from int64) string {
	f, err := os.Open(h.log())
	if err != nil {
		return "its log " + h.log() + " cannot be read"
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, from, maxLog))
	if err != nil || len(text) == 0 {
		return "see its log " + h.log()
	}
	return "its log " + h.log() + " says: " + faults(string(text))
}

// faultLine matches the lines in which Postgres' programs say what went wrong.
var faultLine = regexp.MustCompile(`\b(PANIC|FATAL|ERROR|error):`)

// faults returns four lines as one: the last that tells of a fault with those around it, or, where none does, the last.
func faults(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	from := max(0, len(lines)-4)
	for i, line := range lines {
		if faultLine.MatchString(line) {
			from = max(0, i-1) // a fatal line is often only the consequence of the one before it
		}
	}
	return oneLine(strings.Join(lines[from:min(len(lines), from+4)], " | "))
}
