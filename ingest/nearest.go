package ingest

// nearest returns the known name that s most likely stands for: the one with the smallest distance, if no more than a
// third of its letters differ; else "".
func nearest(s string, known []string) string {
	best, found := len(s)+1, ""
	for _, k := range known {
		if d := editDistance(s, k); d < best && 3*d <= max(len(k), 3) {
			best, found = d, k
		}
	}
	return found
}

// editDistance returns the optimal string alignment distance of a and b in bytes: insertions, deletions, replacements
// and swaps of neighbours, no part edited twice. Damerau, Communications of the ACM 7(3), 1964.
func editDistance(a, b string) int {
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
