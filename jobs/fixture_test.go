package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/algorithms"
	"shelfcast/engine/demand"
	"shelfcast/evaluate/backtest"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

const (
	items   = 8 // item0 to item7, of 60 days each
	horizon = 5
)

// target writes the target time series of the tests. Item 7 was never observed.
func target(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("item_id,store_id,timestamp,demand\n")
	for i := range items {
		for d := range 60 {
			units := fmt.Sprint((i*i + d*d) % 11)
			if i == 7 {
				units = ""
			}
			fmt.Fprintf(&b, "item%d,s,%s,%s\n", i, day("2026-01-01").AddDate(0, 0, d).Format(time.DateOnly), units)
		}
	}
	name := filepath.Join(t.TempDir(), "target.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// setup is a night of four shards of two series, by the given models, into a sink in memory.
func setup(t *testing.T, models ...demand.Model) (Night, *memory) {
	t.Helper()
	sink := &memory{}
	clock := day("2026-03-02")
	return Night{
		Spec:   ingest.Spec{Target: []string{target(t)}, Freq: demand.Daily, Horizon: horizon},
		Plan:   backtest.Plan{Horizon: horizon, Windows: 2, Levels: []float64{0.1, 0.5, 0.9}},
		Metric: "wql", Models: models, Floor: floorModel(),
		Sink: sink, Workers: 2, ShardSeries: 2, Timeout: time.Minute,
		CodeVersion: "v", ConfigHash: "c", Now: func() time.Time { return clock }, Progress: silent{},
	}, sink
}

func floorModel() demand.Model { return demand.Each(algorithms.Floor(), algorithms.Floor()) }

// silent is a Progress that tells nobody.
type silent struct{}

func (silent) Phase(string, int64) {}
func (silent) Done(int64)          {}

// memory is a sink that remembers everything, and does what it is told to.
type memory struct {
	lock      func(context.Context) (context.Context, error)
	onWrite   func(ShardResult) error
	onPublish func() error
	onTidy    func() error

	finished  map[int][]byte // evidence of the shards that an earlier try wrote
	shards    map[int]ShardResult
	published *report.Report
	failed    error
	unlocked  int
	identity  Identity
}

func (m *memory) Lock(ctx context.Context) (context.Context, func(), error) {
	unlock := func() { m.unlocked++ }
	if m.lock == nil {
		return ctx, unlock, nil
	}
	held, err := m.lock(ctx)
	return held, unlock, err
}

func (m *memory) Unopened(_ context.Context, id Identity, why error) error {
	m.identity, m.failed = id, why
	return nil
}

func (m *memory) Open(_ context.Context, id Identity) (Book, error) {
	m.identity, m.shards = id, map[int]ShardResult{}
	return m, nil
}

func (m *memory) Number() (int64, int)     { return 17, 3 }
func (m *memory) Finished() map[int][]byte { return m.finished }

func (m *memory) Write(_ context.Context, r ShardResult) error {
	if m.onWrite != nil {
		if err := m.onWrite(r); err != nil {
			return err
		}
	}
	m.shards[r.Number] = r
	return nil
}

func (m *memory) Publish(_ context.Context, r *report.Report) error {
	if m.onPublish != nil {
		return m.onPublish()
	}
	copied := *r
	m.published = &copied
	return nil
}

func (m *memory) Tidy(context.Context) error {
	if m.onTidy != nil {
		return m.onTidy()
	}
	return nil
}

func (m *memory) Fail(ctx context.Context, why error) error {
	m.failed = why
	return ctx.Err()
}

// series returns the result of an item and its fan.
func (m *memory) series(t *testing.T, item int) (SeriesResult, string, demand.Fan) {
	t.Helper()
	for _, r := range m.shards {
		for i, k := range r.Forecast.Keys {
			if k.Item == fmt.Sprintf("item%d", item) {
				return r.Series[i], r.Forecast.By[i], r.Forecast.Fan(i)
			}
		}
	}
	t.Fatalf("item %d is in no shard", item)
	return SeriesResult{}, "", demand.Fan{}
}

// faulty is a model with a fault for each item that is named in it.
type faulty map[string]string

func (faulty) Name() string { return "faulty" }

func (f faulty) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	switch fault := f[s.Key.Item]; fault {
	case "panics":
		panic("a fault")
	case "errs":
		return nil, errors.New("does not converge")
	case "too short":
		return nil, demand.ErrTooShort
	default:
		return badFan(fault), nil
	}
}

// badFan forecasts 3 units a period, or what its name says.
type badFan string

func (b badFan) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		dst.Mean[j] = 3
		copy(dst.At(j), []float64{1, 2, 4})
		switch b {
		case "NaN":
			dst.Mean[j] = math.NaN()
		case "infinite":
			dst.At(j)[2] = math.Inf(1)
		case "negative":
			dst.At(j)[0] = -1
		case "crossing":
			dst.At(j)[0] = 9
		}
	}
	return nil
}

// whole is a model of a whole panel with one fault, on panels that hold item 2.
type whole struct {
	fault string
	also  bool // on every panel
}

func (whole) Name() string { return "whole" }

func (w whole) Fit(ctx context.Context, p *demand.Panel) (demand.Fitted, error) {
	hit := w.also
	for _, k := range p.Keys {
		hit = hit || k.Item == "item2"
	}
	if !hit {
		return wholeFit(""), nil
	}
	switch w.fault {
	case "panics":
		panic("a fault of the whole")
	case "errs":
		return nil, errors.New("no memory")
	case "hangs":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return wholeFit(w.fault), nil
}

type wholeFit string

func (w wholeFit) Forecast(_ context.Context, f *demand.Future, dst *demand.Forecast) error {
	for i := range f.Keys {
		dst.By[i] = "whole"
		if w == "writes nothing" {
			continue
		}
		if err := badFan("").ForecastSeries(nil, dst.Fan(i)); err != nil {
			return err
		}
		if w == "stops half way" {
			return errors.New("stopped")
		}
	}
	return nil
}
