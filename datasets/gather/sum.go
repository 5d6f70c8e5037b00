package gather

import (
	"fmt"
	"maps"
	"slices"

	"shelfcast/datasets/layout"
)

// Sum is what was written, of a part or of all.
type Sum struct {
	layout.Summary
	lacks map[string]int // by feature, the series of which no value is known

	returns    int // rows below zero, written as zero
	returned   float64
	unobserved int // series without a demand, left out
}

// Add adds what was written elsewhere of other series.
func (s *Sum) Add(x Sum) {
	if x.Series > 0 && (s.Series == 0 || x.First.Before(s.First)) {
		s.First = x.First
	}
	if x.Last.After(s.Last) {
		s.Last = x.Last
	}
	s.Series += x.Series
	s.Units += x.Units
	s.TargetRows += x.TargetRows
	s.RelatedRows += x.RelatedRows
	s.returns += x.returns
	s.returned += x.returned
	s.unobserved += x.unobserved
	if s.lacks == nil {
		s.lacks = map[string]int{}
	}
	for name, n := range x.lacks {
		s.lacks[name] += n
	}
}

// WriteConfig writes the configuration c without the features that are not known at all for some series, with which a
// forecast would be refused. The columns stay in the data. Notes tell of them, and of what was not written as it stood.
func (s *Sum) WriteConfig(b *layout.Builder, c layout.Config) error {
	c.Features = slices.DeleteFunc(slices.Clone(c.Features), func(f layout.Feature) bool { return s.lacks[f.Name] > 0 })
	c.Filling = slices.DeleteFunc(slices.Clone(c.Filling), func(f layout.Filling) bool { return s.lacks[f.Name] > 0 })
	for _, name := range slices.Sorted(maps.Keys(s.lacks)) {
		s.note("%s is not known at all for %d series: the configuration does not use it", name, s.lacks[name])
	}
	if s.returns > 0 {
		s.note("%d rows are below zero, %s in all, since more was returned than sold: written as zero", s.returns, number(s.returned))
	}
	if s.unobserved > 0 {
		s.note("%d series have no demand on any day: left out", s.unobserved)
	}
	return b.WriteConfig(c)
}

func (s *Sum) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}
