package ingest

// worker decodes pieces, one at a time, and owns all that it writes to.
type worker struct {
	sizing  sizing
	build   builder
	block   []byte    // text of the piece at hand
	lines   []int64   // of the rows of the batch at hand
	labels  []*labels // of the text columns, by position
	sites   sites
	numbers numberMemo
	tally   tally
	pages   []*pageColumn // of the row group at hand
	faults  *faults       // shared
	clock   clock
	shaper  shaper

	// unreadable holds the texts of demand that is no number. Such a row is rejected where its series is known, so that its
	// period counts as not observed.
	unreadable map[place]string
}

// shaper takes what it needs out of each batch. It is used by one worker alone.
type shaper interface{ take(b *batch) error }

func newWorker(s sizing, clock clock, faults *faults) *worker {
	return &worker{sizing: s, clock: clock, build: builder{mem: s.newAllocator()}, faults: faults}
}

func (w *worker) textBlock() []byte {
	if w.block == nil {
		w.block = make([]byte, w.sizing.blockBytes)
	}
	return w.block
}

func (w *worker) pageColumns(n int) []*pageColumn {
	for len(w.pages) < n {
		w.pages = append(w.pages, &pageColumn{})
	}
	return w.pages[:n]
}

func (w *worker) labelsOf(t *table) []*labels {
	for len(w.labels) < t.texts() {
		w.labels = append(w.labels, newLabels())
	}
	return w.labels
}

func (w *worker) reject(f fault) {
	w.tally.out[f.reason]++
	w.faults.add(f)
}

func (w *worker) skip(why Reason) { w.tally.out[why]++ }
