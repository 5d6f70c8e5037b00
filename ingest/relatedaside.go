package ingest

import "shelfcast/engine/demand"

// asideRows are related rows that wait to be set aside.
type asideRows struct{ rows }

func (a *asideRows) add(series int32, period demand.Period, values []float64) {
	a.series, a.period, a.value = append(a.series, series), append(a.period, period), append(a.value, values...)
}

// relatedExtent is where rows of a table lie in the spill.
type relatedExtent struct {
	table *table
	late  bool // newer imports have replaced them
	*extent
}

// makeRoom writes the rows that wait, of one table, to the spill where there are so many.
func (s *relatedShaper) makeRoom(t *table, most int) error {
	for _, a := range []*asideRows{&s.waiting, &s.late} {
		n := len(a.series)
		if n == 0 || n < most {
			continue
		}
		e, err := s.of.spill.writeParts(&a.rows, len(a.value)/n, s.of.partOf, s.of.parts(), nil)
		if err != nil {
			return err
		}
		s.aside = append(s.aside, relatedExtent{t, a == &s.late, e})
		a.rows = rows{series: a.series[:0], period: a.period[:0], value: a.value[:0]}
	}
	return nil
}

// fetchRelated writes the related rows of a part that were set aside to its columns, and notes in differ the numbers of the
// replaced ones that held something else.
func (p *Parts) fetchRelated(part int, rel *relation, differ bits) error {
	for _, late := range []bool{false, true} {
		for _, e := range p.aside {
			if e.late != late || e.parts[part] == 0 {
				continue
			}
			if err := p.fetchExtent(part, e, rel, differ); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Parts) fetchExtent(part int, e relatedExtent, rel *relation, differ bits) error {
	first := int32(p.staged.bounds[part])
	if err := p.staged.spill.get(e.extent, part, &p.room); err != nil {
		return err
	}
	for i, s := range p.room.series {
		values := p.room.value[i*e.columns : (i+1)*e.columns]
		if !e.late {
			rel.put(e.table, s-first, p.room.period[i], values)
		} else if rel.differs(e.table, s-first, p.room.period[i], values) {
			differ.claim(int(values[e.columns-1]))
		}
	}
	return nil
}

// countCorrected counts the replaced rows that held something else, and those that held the same.
func (in *Input) countCorrected(differ bits, superseded int64) {
	for i := range int(superseded) {
		if differ.has(i) {
			in.Corrected++
		} else {
			in.Repeated++
		}
	}
}
