package demand

// Future is what is known of the periods to forecast: which series, which periods, and the covariates planned for them.
// It has no target, so that a model cannot read what it must predict.
type Future struct {
	Keys   []Key
	Cal    Calendar
	Start  Period // first period to forecast
	H      int    // number of periods to forecast
	X      []Column
	Static []Attribute
	Events *Events
}

// At returns the covariates of series i: H values a column. The views are cap-limited and must not be written to.
func (f *Future) At(i int) []Column { return cutColumns(f.X, i*f.H, (i+1)*f.H) }

// Shard returns the series lo to hi−1 as a future that shares the columns of f.
func (f *Future) Shard(lo, hi int) *Future {
	g := *f
	g.Keys = f.Keys[lo:hi:hi]
	g.X = cutColumns(f.X, lo*f.H, hi*f.H)
	g.Static = cutAttributes(f.Static, lo, hi)
	g.Events = f.Events.Shard(lo, hi)
	return &g
}
