package report

import "fmt"

// Check reports a run whose equations do not hold: rows in = used + not needed + rejected, series in = forecast +
// quarantined, forecast rows = series × horizon. Such a run must not be published.
func (r *Report) Check() error {
	for _, in := range r.Inputs {
		spare, bad := sum(in.NotNeeded), sum(in.Rejected)
		if in.Used+spare+bad != in.Rows {
			return fmt.Errorf("check run: %s rows in %d ≠ used %d + not needed %d + rejected %d; rows were lost, do not trust this run",
				in.Name, in.Rows, in.Used, spare, bad)
		}
	}
	if r.Series.In != r.Series.Forecast+r.Series.Quarantined {
		return fmt.Errorf("check run: series in %d ≠ forecast %d + quarantined %d; series were lost, do not trust this run",
			r.Series.In, r.Series.Forecast, r.Series.Quarantined)
	}
	if r.Rows != r.Series.In*r.Horizon {
		return fmt.Errorf("check run: forecast rows %d ≠ %d series × %d periods; rows were lost, do not trust this run", r.Rows, r.Series.In, r.Horizon)
	}
	return nil
}

func sum(counts []Count) int64 {
	var n int64
	for _, c := range counts {
		n += c.N
	}
	return n
}
