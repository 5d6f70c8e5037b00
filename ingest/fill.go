package ingest

import (
	"math"

	"shelfcast/engine/demand"
)

// fill gives every unseen cell the value zero and marks it: where the feed holds no row between a series' first and the
// panel's end, nothing was sold. Before a series' first row there are no cells.
func fill(p *demand.Panel, spans []span, audit *Audit) {
	for i, sp := range spans {
		last := p.Off[i] + int(sp.last-p.Start[i])
		for cell := p.Off[i]; cell < p.Off[i+1]; cell++ {
			y := p.Y[cell]
			if y >= 0 {
				continue
			}
			if math.Float64bits(y) != unseenBits {
				audit.NullDemand++
				continue
			}
			if p.Filled == nil {
				p.Filled = make([]bool, len(p.Y))
			}
			p.Y[cell], p.Filled[cell] = 0, true
			if cell > last {
				audit.FilledBack++
			} else {
				audit.FilledMiddle++
			}
		}
	}
}
