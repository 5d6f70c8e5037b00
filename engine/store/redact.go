package store

import (
	"net/url"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"
)

// The places where a connection string carries a secret: the user part of a URL, a parameter of a URL, and a keyword.
// They are found by pattern and not by parsing, since a string that does not parse is the one that gets printed.
var (
	urlPassword     = regexp.MustCompile(`(://[^/?#:@]*:)[^/?#]*@`)
	oddURLPassword  = regexp.MustCompile(`(://[^/?#:@]*:).*@`) // the password holds /, ? or # that should have been encoded
	paramPassword   = regexp.MustCompile(`(?i)([?&](?:ssl)?password=)[^&#]*`)
	keywordPassword = regexp.MustCompile(`(?i)((?:^|\s)(?:ssl)?password\s*=\s*)(?:'(?:[^'\\]|\\.)*'|\S+)`)
)

// Redact returns a connection string with its passwords replaced, fit to be printed.
func Redact(address string) string {
	const mask = "${1}xxxxx"
	if urlPassword.MatchString(address) {
		address = urlPassword.ReplaceAllString(address, mask+"@")
	} else {
		address = oddURLPassword.ReplaceAllString(address, mask+"@")
	}
	return keywordPassword.ReplaceAllString(paramPassword.ReplaceAllString(address, mask), mask)
}

// SplitPassword returns a connection string without its passwords, fit for a command line that every user of the machine
// can read, and the user's password, "" where there is none. The error is that of a string that cannot be read.
func SplitPassword(address string) (rest, password string, err error) {
	cfg, err := pgconn.ParseConfig(address)
	if err != nil {
		return "", "", unreadable(address)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return keywordPassword.ReplaceAllString(address, ""), cfg.Password, nil
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	parameters := u.Query()
	parameters.Del("password")
	parameters.Del("sslpassword")
	u.RawQuery = parameters.Encode()
	return u.String(), cfg.Password, nil
}
