package stockout

import "math"

// class is what was observed in one class of the season.
type class struct{ num, sum float64 }

func (c *class) add(num, sum float64) {
	c.num += num
	c.sum += sum
}

// around is what was observed before and after a run.
type around struct {
	before, after class
	mean          float64 // ȳ
	level         float64 // λ, of the lower side
	dispersion    float64 // D
}

// surroundings looks around a run; d.of is what it sees in each class.
func (d *search) surroundings(lo, hi int) around {
	var a around
	from, to := max(lo-d.around, 0), min(hi+1+d.around, len(d.y))
	between, seen := 0.0, 0.0
	for c := range d.of {
		before := class{d.num.over(from, lo, c), d.sum.over(from, lo, c)}
		after := class{d.num.over(hi+1, to, c), d.sum.over(hi+1, to, c)}
		a.before.add(before.num, before.sum)
		a.after.add(after.num, after.sum)
		d.of[c] = class{before.num + after.num, before.sum + after.sum}
		if d.of[c].num > 0 {
			between += d.of[c].sum * d.of[c].sum / d.of[c].num
			seen++
		}
	}
	squares := d.squares[lo] - d.squares[from] + d.squares[to] - d.squares[hi+1]
	num := a.before.num + a.after.num
	a.mean = (a.before.sum + a.after.sum) / num
	a.level = a.before.sum / a.before.num
	a.level = min(a.level, (a.after.sum+a.level)/(a.after.num+1))
	a.dispersion = (squares - between) / max(num-seen, 1) / a.mean
	return a
}

// lnZero returns ln P₀ of a period of a class, of so many.
func (a *around) lnZero(c class, classes int) float64 {
	prior := max(a.dispersion, 1) * priorClasses / float64(classes)
	mu := a.level * (c.sum + prior) / (c.num*a.mean + prior)
	if a.dispersion <= 1 {
		return -mu
	}
	r := a.mean / (a.dispersion - 1)
	return -r * math.Log1p(mu/r)
}

// strided holds, for each period, the sum over it and every period a whole number of seasons before it.
type strided struct {
	season int
	sums   []float64 // that of period t stands at t+season; nothing comes before period 0
}

func newStrided(n, season int) strided { return strided{season, make([]float64, n+season)} }

// put sets the value of period t, after those of all earlier ones.
func (s strided) put(t int, v float64) { s.sums[t+s.season] = s.sums[t] + v }

// over returns the sum over the periods from ≤ t < to that are of class t mod season.
func (s strided) over(from, to, class int) float64 { return s.upto(to, class) - s.upto(from, class) }

func (s strided) upto(to, class int) float64 {
	last := to - 1 - class
	last -= (last%s.season + s.season) % s.season // the last period of the class before to, less class
	return s.sums[last+class+s.season]
}
