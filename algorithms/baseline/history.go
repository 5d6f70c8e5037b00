package baseline

import "math"

// history is the past of one series, with what is known of each period so far.
type history struct {
	y        []float64 // NaN = not observed; the last is observed
	expected []float64 // product of the profiles found so far
	weight   []float64 // v_t
	mean     float64   // ȳ, weighted
	ratio    float64   // D, variance over mean, weighted
}

func newHistory(y []float64, memory float64) *history {
	n := len(y)
	room := make([]float64, 2*n)
	h := &history{y: y, expected: room[:n:n], weight: room[n:]}
	fade := math.Exp(-1 / memory)
	var w, sumW, sumY, sumYY float64 = 1, 0, 0, 0
	for t := n - 1; t >= 0; t-- {
		h.expected[t], h.weight[t] = 1, w
		if v := y[t]; v == v {
			sumW += w
			sumY += w * v
			sumYY += w * v * v
		}
		w *= fade
	}
	h.mean = sumY / sumW
	if h.mean > 0 {
		h.ratio = max(0, sumYY/sumW/h.mean-h.mean)
	}
	return h
}

// profile writes the factor of each class to p and multiplies it into what is expected.
func (h *history) profile(p []float64, classes []uint16, prior float64) {
	seen := make([]float64, 2*len(p))
	expected := seen[len(p):]
	for t, v := range h.y {
		if v == v {
			k := classes[t]
			seen[k] += h.weight[t] * v
			expected[k] += h.weight[t] * h.expected[t]
		}
	}
	pull := prior * h.ratio
	for k := range p {
		if base := expected[k]*h.mean + pull; base > 0 {
			p[k] = (seen[k] + pull) / base
		}
	}
	for t, k := range classes {
		h.expected[t] *= p[k]
	}
}

// level returns ℓ.
func (h *history) level(memory float64) float64 {
	seen, expected, _ := h.recent(memory)
	if expected == 0 {
		return h.mean // only periods that never sell are recent
	}
	return seen / expected
}

// recent returns the sums of what was seen and expected, weighted by exp(−age/memory), and the square of the sum of
// weights over the sum of their squares: the number of observations that would tell as much with equal weights.
func (h *history) recent(memory float64) (seen, expected, worth float64) {
	fade := math.Exp(-1 / memory)
	w, sumW, sumWW := 1.0, 0.0, 0.0
	for t := len(h.y) - 1; t >= 0; t-- {
		if v := h.y[t]; v == v {
			seen += w * v
			expected += w * h.expected[t]
			sumW += w
			sumWW += w * w
		}
		w *= fade
	}
	return seen, expected, sumW * sumW / sumWW
}

// spread finds which distribution lies around the mean.
func (f *LevelProfileFit) spread(h *history, memory float64) {
	seen, expected, worth := h.recent(memory)
	level := 0.0
	if expected > 0 {
		level = seen / expected
	}
	if f.Level <= countLevel && h.wholeNumbers() {
		f.Ratio = h.squaredErrors(level, memory) / seen * worth / (worth - 1)
	}
	f.Counts = f.Ratio > 1 && f.Ratio <= countRatio // false for NaN
	if f.Counts {
		f.Shape = nil
		return
	}
	f.Ratio = 0
	if level > 0 {
		*f.Shape = h.shape(level, memory)
	}
}

// wholeNumbers reports whether every observation is one.
func (h *history) wholeNumbers() bool {
	for _, v := range h.y {
		if v != math.Trunc(v) && v == v {
			return false
		}
	}
	return true
}

// squaredErrors returns Σ w_t·(y_t − ℓ·Π p_c(t))², weighted by exp(−age/memory).
func (h *history) squaredErrors(level, memory float64) float64 {
	fade := math.Exp(-1 / memory)
	w, sum := 1.0, 0.0
	for t := len(h.y) - 1; t >= 0; t-- {
		if v := h.y[t]; v == v {
			e := v - level*h.expected[t]
			sum += w * e * e
		}
		w *= fade
	}
	return sum
}

const (
	leastExpected = 0.05 // a share of the level below which a ratio to it says more of the divisor than of demand
	leastWeight   = 0.01 // older ratios hardly count
)

// shape returns the distribution of demand over its expectation, of mean 1.
func (h *history) shape(level, memory float64) Pool {
	fade := math.Exp(-1 / memory)
	points := make([]weighted, 0, min(len(h.y), int(-memory*math.Log(leastWeight))+1))
	w := 1.0
	for t := len(h.y) - 1; t >= 0 && w >= leastWeight; t-- {
		if v := h.y[t]; v == v {
			points = append(points, weighted{v / (level * max(h.expected[t], leastExpected)), w})
		}
		w *= fade
	}
	mean := meanOf(points)
	if mean == 0 {
		return Pool{Values: []float64{0}, Upto: []float64{1}}
	}
	for i := range points {
		points[i].v /= mean
	}
	return newPool(points)
}
