package ingest

// noSite is the site of rows that name their item alone.
const noSite = -1

// sites numbers what rows name besides their item, where that is more than one column: the store and the further
// dimensions. Each step is the label of one column and the step of the column before it.
//
// It is one worker's own. What a number stands for depends on the table as well: see worker.keyTexts.
type sites struct {
	at   []siteStep
	ids  map[siteStep]int32
	last []int32 // of each column, the step of the row before: rows mostly repeat it
	rows []int32
}

type siteStep struct{ before, label int32 }

// sitesOf returns the site of each row of b until the next call; nil where rows name their item alone.
func (w *worker) sitesOf(b *batch) []int32 {
	switch columns := b.file.table.keys() - 1; columns {
	case 0:
		return nil
	case 1:
		return labelNumbers(b, 1)
	default:
		return w.sites.of(b, columns)
	}
}

func (s *sites) of(b *batch, columns int) []int32 {
	if s.ids == nil {
		s.ids = map[siteStep]int32{}
	}
	s.rows = s.rows[:0]
	for range b.rec.NumRows() {
		s.rows = append(s.rows, noSite)
	}
	for c := range columns {
		if len(s.last) <= c {
			s.last = append(s.last, noSite)
		}
		for i, label := range labelNumbers(b, c+1) {
			s.rows[i] = s.step(c, siteStep{s.rows[i], label})
		}
	}
	return s.rows
}

func (s *sites) step(column int, step siteStep) int32 {
	if last := s.last[column]; last >= 0 && s.at[last] == step {
		return last
	}
	id, ok := s.ids[step]
	if !ok {
		id = int32(len(s.at))
		s.at = append(s.at, step)
		s.ids[step] = id
	}
	s.last[column] = id
	return id
}
