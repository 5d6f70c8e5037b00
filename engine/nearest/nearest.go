// Package nearest finds the name that somebody most likely meant. It knows spelling, and nothing of what names stand for.
package nearest

import "strings"

// Name returns the name that given most likely stands for: the one with the smallest distance, the first of equals. It
// returns "" where none is near, that is, where more than a third of the letters of every name differ: a wild guess
// helps nobody. Case does not count.
//
// The distance is the optimal string alignment distance in bytes: insertions, deletions, replacements and swaps of
// neighbours, no part edited twice. Damerau, Communications of the ACM 7(3), 1964.
func Name(given string, names []string) string {
	given = strings.ToLower(given)
	best, found := 0, ""
	for _, name := range names {
		d := distance(given, strings.ToLower(name))
		if near := 3*d <= max(len(name), 3); near && (found == "" || d < best) {
			best, found = d, name
		}
	}
	return found
}

func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			differ := 0
			if a[i-1] != b[j-1] {
				differ = 1
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
