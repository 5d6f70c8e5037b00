package reference

import (
	"sync"
	"testing"
)

var (
	lock  sync.Mutex
	known = map[string]map[string]Series{}
)

// byID returns the series of a set by their names. A set is read once.
func byID(t *testing.T, set string) map[string]Series {
	t.Helper()
	lock.Lock()
	defer lock.Unlock()
	if m, ok := known[set]; ok {
		return m
	}
	m := map[string]Series{}
	for _, s := range All(t, set, 0) {
		m[s.ID] = s
	}
	known[set] = m
	return m
}
