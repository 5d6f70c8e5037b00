package gather

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

const rowsPerPart = 1_000_000 // about those of one parquet row group

// WriteSeries writes the rows as tts.parquet and, where there are features, rts.parquet, and sums them up.
func (s *Set) WriteSeries(ctx context.Context, b *layout.Builder, o layout.Options) (*Sum, error) {
	keys := s.Keys()
	if len(keys) == 0 {
		return nil, errors.New("no row has a demand")
	}
	parts := s.parts(keys)
	sums := make([]Sum, len(parts))
	var mu sync.Mutex
	done := 0
	err := layout.EachPart(ctx, len(parts), o.Goroutines(), func(ctx context.Context, i int) error {
		var err error
		if sums[i], err = s.writePart(ctx, b, layout.Part{Number: i, Of: len(parts)}, parts[i]); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if done += len(parts[i]); o.Progress != nil {
			o.Progress(done, len(keys))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sum := &Sum{}
	for _, p := range sums {
		sum.Add(p)
	}
	sum.Items, sum.Stores = len(Items(keys)), len(Stores(keys))
	s.account(sum, keys)
	return sum, nil
}

// WriteAs writes all series of the set as one part of a data set that has others. It returns what was written, without
// the numbers of items and stores, and of which series: none where no row has a demand, and then there is no such part.
func (s *Set) WriteAs(ctx context.Context, b *layout.Builder, p layout.Part) (sum Sum, keys []demand.Key, err error) {
	if keys = s.Keys(); len(keys) > 0 {
		sum, err = s.writePart(ctx, b, p, keys)
	}
	s.account(&sum, keys)
	return sum, keys, err
}

// account adds what was not written as it stood.
func (s *Set) account(sum *Sum, written []demand.Key) {
	sum.returns += s.returns
	sum.returned += s.returned
	sum.unobserved += len(s.series) - len(written)
}

// parts divides keys by the rows that they have.
func (s *Set) parts(keys []demand.Key) [][]demand.Key {
	var parts [][]demand.Key
	n, lo := 0, 0
	for i, k := range keys {
		if n += len(s.series[k].days); n >= rowsPerPart || i == len(keys)-1 {
			parts = append(parts, keys[lo:i+1])
			n, lo = 0, i+1
		}
	}
	return parts
}

// writePart writes the series keys, each of which has a demand, as one part of the tables.
func (s *Set) writePart(ctx context.Context, b *layout.Builder, p layout.Part, keys []demand.Key) (sum Sum, err error) {
	tts, err := layout.NewTargets(b, p)
	if err != nil {
		return sum, err
	}
	defer tts.Close()
	var rts *layout.Related
	if names := s.names(); len(names) > 0 {
		if rts, err = layout.NewRelated(b, layout.RelatedFile, p, names); err != nil {
			return sum, err
		}
		defer rts.Close()
	}
	for _, k := range keys {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		one, err := s.writeOne(tts, rts, k)
		if err != nil {
			return sum, err
		}
		sum.Add(one)
	}
	return sum, errors.Join(tts.Close(), rts.Close())
}

// names returns the names of all features.
func (s *Set) names() []string { return layout.Names(slices.Concat(s.Own, s.Shared)) }

// writeOne writes a series, each day with a demand to tts and each day to rts, where it is open.
func (s *Set) writeOne(tts *layout.Targets, rts *layout.Related, k demand.Key) (sum Sum, err error) {
	x, stride := s.series[k], 1+len(s.Own)
	if err := x.order(k, stride); err != nil {
		return sum, err
	}
	row := make([]float64, stride+len(s.Shared))
	related := make([][]float64, len(row)-1)
	for f := range related {
		related[f] = row[1+f : 2+f]
	}
	known := make([]bool, len(related))
	for i, day := range x.days {
		copy(row, x.values[i*stride:(i+1)*stride])
		if s.Lookup != nil {
			s.Lookup(k, day, row[stride:])
		}
		if y := row[0]; !math.IsNaN(y) {
			if err := tts.Write(k.Item, k.Store, day, row[:1]); err != nil {
				return sum, err
			}
			sum.Units += y
			sum.TargetRows++
			sum.Last = date(day)
		}
		if rts == nil {
			continue
		}
		for f, v := range row[1:] {
			known[f] = known[f] || !math.IsNaN(v)
		}
		if err := rts.Write(k.Item, k.Store, day, related); err != nil {
			return sum, err
		}
		sum.RelatedRows++
	}
	sum.Series, sum.First = 1, date(x.days[x.first(stride)])
	sum.lacks = lacking(s.names(), known)
	return sum, nil
}

// lacking counts each feature of a series of which no value is known.
func lacking(names []string, known []bool) map[string]int {
	lacks := map[string]int{}
	for f, name := range names {
		if !known[f] {
			lacks[name] = 1
		}
	}
	return lacks
}

// date returns the date of a day in days since 1970-01-01.
func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
