package store

import "regexp"

// The places where a connection string carries a secret: the user part of a URL, a parameter of a URL, and a keyword.
// They are found by pattern and not by parsing, since a string that does not parse is the one that gets printed.
var (
	urlPassword     = regexp.MustCompile(`(://[^/?#:@]*:)[^/?#]*@`)
	oddURLPassword  = regexp.MustCompile(`(://[^/?#:@]*:).*@`) // the password holds /, ? or # that should have been encoded
	paramPassword   = regexp.MustCompile(`(?i)([?&](?:ssl)?password=)[^&#]*`)
	keywordPassword = regexp.MustCompile(`(?i)((?:^|\s)(?:ssl)?password\s*=\s*)(?:'(?:[^'\\]|\\.)*'|\S+)`)
)

// Redact returns a connection string with its passwords replaced, fit to be printed.
func Redact(url string) string {
	const mask = "${1}xxxxx"
	if urlPassword.MatchString(url) {
		url = urlPassword.ReplaceAllString(url, mask+"@")
	} else {
		url = oddURLPassword.ReplaceAllString(url, mask+"@")
	}
	return keywordPassword.ReplaceAllString(paramPassword.ReplaceAllString(url, mask), mask)
}
