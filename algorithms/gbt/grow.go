package gbt

import (
	"math"
	"sync"
)

// sums are those of the derivatives of some rows.
type sums struct{ g, h float64 }

func (a sums) minus(b sums) sums { return sums{a.g - b.g, a.h - b.h} }

// builder grows trees on the rows of one training set.
type builder struct {
	o       Options
	data    Data
	columns []column
	fours   [][]uint32 // by row, the bins of four columns beside each other
	first   []int      // where the bins of each column begin in a histogram
	bins    int        // of all columns

	g, h   []float64 // derivatives by row
	rows   []int32   // by leaf
	spare  []int32
	og, oh []float64 // derivatives in the order of rows
	free   [][]sums  // histograms that may be used again
	drawn  []bool    // whether a row is in the tree
	leaf   []int32   // of the tree, by row
}

func newBuilder(data Data, o Options) *builder {
	n := len(data.Y)
	b := &builder{
		o: o, data: data, columns: make([]column, len(data.X)), g: make([]float64, n), h: make([]float64, n), spare: make([]int32, n),
		og: make([]float64, n), oh: make([]float64, n), leaf: make([]int32, n),
	}
	b.each(len(data.X), func(j int) { b.columns[j] = newColumn(data.X[j]) })
	b.fours = make([][]uint32, (len(b.columns)+3)/4)
	b.each(len(b.fours), func(four int) {
		b.fours[four] = make([]uint32, n)
		for k, c := range b.columns[4*four : min(4*four+4, len(b.columns))] {
			for i, bin := range c.bin {
				b.fours[four][i] |= uint32(bin) << (8 * k)
			}
		}
	})
	for j := range b.columns {
		b.first = append(b.first, b.bins)
		b.bins += b.columns[j].bins()
	}
	return b
}

// each calls do with every number below n, by the workers.
func (b *builder) each(n int, do func(j int)) {
	workers := min(max(b.o.Workers, 1), n)
	if workers == 1 {
		for j := range n {
			do(j)
		}
		return
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for j := w; j < n; j += workers {
				do(j)
			}
		}()
	}
	wait.Wait()
}

// node is a leaf that may still be split.
type node struct {
	at        int32 // in the tree
	lo, hi    int   // its rows
	depth     int
	sum       sums
	hist      []sums
	low, high float64 // bounds of its score by monotone features above it
	best      split
}

// split is a way to split a node.
type split struct {
	gain    float64
	feature int32
	bin     int // the last that goes left
	missing bool
	left    sums
}

// grow grows the tree of some rows and columns.
func (b *builder) grow(rows, columns []int32, score []float64) Tree {
	b.rows = rows
	t := Tree{}
	root := &node{at: t.add(), hi: len(rows), low: math.Inf(-1), high: math.Inf(1), hist: b.histogram()}
	b.fill(root)
	for _, i := range rows {
		root.sum.g += b.g[i]
		root.sum.h += b.h[i]
	}
	b.find(root, columns)
	open := []*node{root}
	for len(open) < b.o.Leaves {
		next := -1
		for k, n := range open {
			if n.best.gain > 0 && (next < 0 || n.best.gain > open[next].best.gain) {
				next = k
			}
		}
		if next < 0 {
			break
		}
		left, right := b.divide(&t, open[next], columns)
		open[next] = left
		open = append(open, right)
	}
	for _, n := range open {
		t.Score[n.at] = b.o.Rate * b.value(n, score)
		for _, i := range b.rows[n.lo:n.hi] {
			b.leaf[i] = n.at
		}
		b.free = append(b.free, n.hist)
	}
	return t
}

// add adds a leaf.
func (t *Tree) add() int32 {
	t.Feature, t.Threshold, t.Left, t.Right = append(t.Feature, -1), append(t.Threshold, 0), append(t.Left, 0), append(t.Right, 0)
	t.Missing, t.Score, t.Gain = append(t.Missing, false), append(t.Score, 0), append(t.Gain, 0)
	return int32(len(t.Feature) - 1)
}

func (b *builder) histogram() []sums {
	if k := len(b.free); k > 0 {
		h := b.free[k-1]
		b.free = b.free[:k-1]
		return h
	}
	return make([]sums, b.bins)
}

// fill adds up the derivatives of the rows of a node by bin, four columns at a time.
func (b *builder) fill(n *node) {
	rows, g, h := b.rows[n.lo:n.hi], b.og[:n.hi-n.lo], b.oh[:n.hi-n.lo]
	for k, i := range rows {
		g[k], h[k] = b.g[i], b.h[i]
	}
	b.each(len(b.fours), func(four int) {
		var tables [4][256]sums // so that no index of a bin needs a check
		addUp(&tables, b.fours[four], rows, g, h)
		for k := range min(4, len(b.columns)-4*four) {
			copy(b.part(n.hist, int32(4*four+k)), tables[k][:])
		}
	})
}

func addUp(tables *[4][256]sums, bins []uint32, rows []int32, g, h []float64) {
	g, h = g[:len(rows)], h[:len(rows)]
	for k, i := range rows {
		four, a, b := bins[i], g[k], h[k]
		e0, e1 := &tables[0][four&255], &tables[1][four>>8&255]
		e0.g += a
		e0.h += b
		e1.g += a
		e1.h += b
		e2, e3 := &tables[2][four>>16&255], &tables[3][four>>24]
		e2.g += a
		e2.h += b
		e3.g += a
		e3.h += b
	}
}

func (b *builder) part(hist []sums, column int32) []sums {
	from := b.first[column]
	return hist[from : from+b.columns[column].bins()]
}

// score returns the best score of rows with these sums.
func (b *builder) score(s sums) float64 { return -s.g / (s.h + b.o.L2) }

// worth returns by how much the loss is lower at that score than at 0.
func (b *builder) worth(s sums, score float64) float64 {
	return -(s.g*score + (s.h+b.o.L2)*score*score/2)
}

// find finds the best split of a node.
func (b *builder) find(n *node, columns []int32) {
	n.best = split{}
	if n.hi-n.lo < 2*max(b.o.LeastRows, 1) || b.o.Depth > 0 && n.depth >= b.o.Depth {
		return
	}
	before := b.worth(n.sum, min(max(b.score(n.sum), n.low), n.high))
	for _, j := range columns {
		b.scan(n, j, before)
	}
}

// scan tries the splits of one column: what is missing goes right, and then, where something is, left.
func (b *builder) scan(n *node, j int32, before float64) {
	hist := b.part(n.hist, j)
	monotone := int8(0)
	if b.o.Monotone != nil {
		monotone = b.o.Monotone[j]
	}
	perRow := n.sum.h / float64(n.hi-n.lo) // numbers of rows are told by their weight, as LightGBM does
	least := max(b.o.LeastWeight, 1e-3, float64(max(b.o.LeastRows, 1))*perRow*(1-1e-9))
	for _, missing := range []bool{false, true} {
		var left sums
		if missing {
			if !b.columns[j].missing {
				return
			}
			left = hist[0]
		}
		for bin := 1; bin < len(hist)-1; bin++ {
			left.g += hist[bin].g
			left.h += hist[bin].h
			if left.h < least {
				continue
			}
			right := n.sum.minus(left)
			if right.h < least {
				break
			}
			l, r := b.score(left), b.score(right)
			if monotone != 0 || n.low > math.Inf(-1) || n.high < math.Inf(1) {
				l, r = min(max(l, n.low), n.high), min(max(r, n.low), n.high)
				if monotone > 0 && l > r || monotone < 0 && l < r {
					continue
				}
			}
			if gain := b.worth(left, l) + b.worth(right, r) - before; gain > n.best.gain*(1+1e-12) && gain > 1e-12*math.Abs(before) {
				n.best = split{gain: gain, feature: j, bin: bin, missing: missing, left: left}
			}
		}
	}
}

// divide splits a node into two, of which the smaller one's histogram is filled and the other's is what is left.
func (b *builder) divide(t *Tree, n *node, columns []int32) (left, right *node) {
	s := n.best
	c := &b.columns[s.feature]
	rows, kept, away := b.rows[n.lo:n.hi], 0, 0
	for _, i := range rows {
		bin := int(c.bin[i])
		if bin != 0 && bin <= s.bin || bin == 0 && s.missing {
			rows[kept] = i
			kept++
		} else {
			b.spare[away] = i
			away++
		}
	}
	copy(rows[kept:], b.spare[:away])
	left = &node{at: t.add(), lo: n.lo, hi: n.lo + kept, depth: n.depth + 1, sum: s.left, low: n.low, high: n.high}
	right = &node{at: t.add(), lo: n.lo + kept, hi: n.hi, depth: n.depth + 1, sum: n.sum.minus(s.left), low: n.low, high: n.high}
	t.Feature[n.at], t.Threshold[n.at], t.Missing[n.at], t.Gain[n.at] = s.feature, c.edges[s.bin-1], s.missing, s.gain
	t.Left[n.at], t.Right[n.at] = left.at, right.at
	if b.o.Monotone != nil && b.o.Monotone[s.feature] != 0 {
		mid := (min(max(b.score(left.sum), n.low), n.high) + min(max(b.score(right.sum), n.low), n.high)) / 2
		if b.o.Monotone[s.feature] > 0 {
			left.high, right.low = mid, mid
		} else {
			left.low, right.high = mid, mid
		}
	}
	small, large := left, right
	if kept > away {
		small, large = right, left
	}
	small.hist, large.hist = b.histogram(), n.hist
	b.fill(small)
	for _, j := range columns {
		whole, part := b.part(large.hist, j), b.part(small.hist, j)
		for k, v := range part {
			whole[k].g -= v.g
			whole[k].h -= v.h
		}
	}
	b.find(left, columns)
	b.find(right, columns)
	return left, right
}

// value returns the score of a leaf: that of its sums or, of a quantile, the quantile of what is left of the outcome.
func (b *builder) value(n *node, score []float64) float64 {
	v := b.score(n.sum)
	if b.o.Objective == Quantile && n.hi > n.lo {
		rest := make([]float64, 0, n.hi-n.lo)
		for _, i := range b.rows[n.lo:n.hi] {
			rest = append(rest, b.data.Y[i]-score[i])
		}
		v = quantile(rest, b.o.Level)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return min(max(v, n.low), n.high)
}

// addTo adds the scores of the tree: of the rows that it was grown on by their leaves, of the others by their features.
func (b *builder) addTo(score []float64, t *Tree, x [][]float64) {
	if len(b.rows) == len(score) {
		for i := range score {
			score[i] += t.Score[b.leaf[i]]
		}
		return
	}
	b.drawn = append(b.drawn[:0], make([]bool, len(score))...)
	for _, i := range b.rows {
		b.drawn[i] = true
	}
	for i := range score {
		if b.drawn[i] {
			score[i] += t.Score[b.leaf[i]]
		} else {
			score[i] += t.at(x, i)
		}
	}
}
