package theta

// line is a straight line fitted by least squares to values at times 1, 2, …, kept as sums so that a value can be added.
type line struct {
	N   float64 `json:"n"`   // values
	T   float64 `json:"t"`   // Σ t
	TT  float64 `json:"tt"`  // Σ t²
	Y   float64 `json:"y"`   // Σ y
	TY  float64 `json:"ty"`  // Σ t·y
	Now float64 `json:"now"` // the last time, of a value or not
}

func (l *line) add(y float64) {
	l.Now++
	l.N++
	l.T += l.Now
	l.TT += l.Now * l.Now
	l.Y += y
	l.TY += l.Now * y
}

func (l *line) skip() { l.Now++ }

// slope returns B, 0 where there is only one value.
func (l *line) slope() float64 {
	if l.N < 2 {
		return 0
	}
	return (l.N*l.TY - l.T*l.Y) / (l.N*l.TT - l.T*l.T)
}

// both returns A, the line at time 0, and B.
func (l *line) both() (start, slope float64) {
	slope = l.slope()
	return (l.Y - slope*l.T) / l.N, slope
}

// flat returns the line through the same times and values of 0.
func (l line) flat() line {
	l.Y, l.TY = 0, 0
	return l
}

// forward carries the recursions on beyond the last observation.
type forward struct {
	alpha, share float64
	level, decay float64
	line         line
	moving       bool // whether the line is fitted anew with each value
}

// next returns the forecast of the next period and takes it, plus e, as observed.
func (s *forward) next(e float64) float64 {
	keep := 1 - s.alpha
	start, slope := s.line.both()
	mean := s.level + s.share*(start*s.decay+slope*(1-s.decay*keep)/s.alpha)
	y := mean + e
	s.level = s.alpha*y + keep*s.level
	s.decay *= keep
	if s.moving {
		s.line.add(y)
	}
	return y
}
