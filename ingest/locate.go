package ingest

import (
	"context"
	"slices"

	"shelfcast/schemas"
)

// locate reads the files again to find the rows of a duplicate, which nothing remembers the places of, and returns it.
func (r *reader) locate(ctx context.Context, d *duplicate, files []*file) error {
	var finders []*finder
	quiet := &progress{}
	workers := make([]*worker, r.spec.workers())
	for i := range workers {
		workers[i] = newWorker(r.sizing, r.clock, &faults{})
		f := &finder{w: workers[i], want: d}
		workers[i].shaper, finders = f, append(finders, f)
	}
	if err := decode(ctx, files, workers, quiet); err != nil {
		return err
	}
	for _, f := range finders {
		d.places = append(d.places, f.places...)
	}
	slices.SortFunc(d.places, place.compare)
	d.places = d.places[:min(2, len(d.places))]
	return d
}

// finder collects the places of the rows of one key and time.
type finder struct {
	w      *worker
	want   *duplicate
	places []place
}

func (f *finder) take(b *batch) error {
	if b.file.number != f.want.number {
		return nil
	}
	t, items, sites := b.file.table, labelNumbers(b, 0), f.w.sitesOf(b)
	want, site := t.part(f.want.key), int32(noSite)
	at := b.rec.Schema().FieldIndices(schemas.Timestamp)[0]
	for i, sec := range seconds(b, at) {
		if !f.want.holds(sec) || f.w.labels[0].names[items[i]] != want.Item || rejected(b, i, at+1) {
			continue
		}
		if sites != nil {
			site = sites[i]
		}
		if t.keyOf(f.w.keyTexts(t, items[i], site)) == want {
			f.places = append(f.places, b.at(i))
		}
	}
	return nil
}

// rejected reports whether a row is a reject because of a number: the number columns are those from first on.
func rejected(b *batch, row, first int) bool {
	for c := first; c < len(b.file.table.kinds); c++ {
		v, null := numbers(b, c)[row], b.rec.Column(c).IsNull(row)
		isDemand := b.file.table.name(c) == schemas.Demand
		if tooLarge(v) || isDemand && !null && !(v >= 0) {
			return true
		}
	}
	return false
}
