//go:build unix

package store

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// account is the system user that the server runs as. Postgres refuses to run as root.
type account struct {
	name     string
	uid, gid uint32
	groups   []uint32
	dropped  bool // this process is root and the account is not
}

// serverAccount returns the user to run as: this one, or, where this process is root, the owner of the data, else
// postgres, else the user who called sudo, else nobody.
func serverAccount(h home) (account, error) {
	if os.Geteuid() != 0 {
		return ownAccount(h)
	}
	if info, err := os.Stat(h.data()); err == nil && ownerOf(info) != 0 {
		u, err := user.LookupId(strconv.FormatUint(uint64(ownerOf(info)), 10))
		if err != nil {
			return account{}, fmt.Errorf("the data belongs to user %d, who has no entry in the user database; give it to another: chown -R postgres %s", ownerOf(info), h.data())
		}
		return newAccount(u)
	}
	for _, name := range []string{"postgres", os.Getenv("SUDO_USER"), "nobody"} {
		u, err := user.Lookup(name)
		if err == nil && u.Uid != "0" {
			return newAccount(u)
		}
	}
	return account{}, fmt.Errorf("the server does not run as root, and there is no user postgres or nobody to run it as; run this program as an ordinary user")
}

// ownAccount is this process's user, who must own the data where there is some.
func ownAccount(h home) (account, error) {
	a := account{name: strconv.Itoa(os.Geteuid()), uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	if u, err := user.LookupId(a.name); err == nil {
		a.name = u.Username
	}
	if info, err := os.Stat(h.data()); err == nil && ownerOf(info) != a.uid {
		return a, fmt.Errorf("the data belongs to user %d and this process runs as %s; run it as that user, or set SHELFCAST_HOME to a directory of your own", ownerOf(info), a.name)
	}
	return a, nil
}

func newAccount(u *user.User) (account, error) {
	a := account{name: u.Username, dropped: true}
	ids, err := u.GroupIds()
	if err != nil {
		ids = []string{u.Gid} // supplementary groups only widen what the server may read, and it needs none
	}
	for _, text := range append([]string{u.Uid, u.Gid}, ids...) {
		id, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return a, fmt.Errorf("user %s has the id %q, which is not a number", u.Username, text)
		}
		a.groups = append(a.groups, uint32(id))
	}
	a.uid, a.gid, a.groups = a.groups[0], a.groups[1], a.groups[2:]
	return a, nil
}

// credential makes a child process run as the account; nil where this process already does.
func (a account) credential() *syscall.Credential {
	if !a.dropped {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: a.groups}
}

// own gives a file to the account.
func (a account) own(path string) error {
	if !a.dropped {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

// checkReach reports the first directory on the way to dir that the account may not search.
func (a account) checkReach(dir string) error {
	for p := dir; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if !a.maySearch(info) {
			return fmt.Errorf("the server runs as user %s, who may not enter %s (%s); set SHELFCAST_HOME to a directory that is open to search, such as /var/lib/shelfcast, or run chmod o+x %s",
				a.name, p, info.Mode(), p)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

func (a account) maySearch(info fs.FileInfo) bool {
	if a.uid == 0 {
		return true
	}
	mode := info.Mode().Perm()
	switch sys := info.Sys().(*syscall.Stat_t); {
	case sys.Uid == a.uid:
		return mode&0o100 != 0
	case sys.Gid == a.gid || slices.Contains(a.groups, sys.Gid):
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

func ownerOf(info fs.FileInfo) uint32 { return info.Sys().(*syscall.Stat_t).Uid }
