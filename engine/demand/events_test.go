package demand

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// eventful is a panel of series that begin at different periods and have one of three calendars.
func eventful(r *rand.Rand) *Panel {
	p := &Panel{Cal: Calendar{Freq: Daily}, End: 100, Off: []int{0}}
	e := &Events{Names: []string{"A", "B"}, Kinds: []string{"retail", "public"}, Calendars: make([]EventCalendar, 3)}
	for c := range e.Calendars {
		for t := Period(0); t < 130; t++ {
			for event := range int32(2) {
				if r.IntN(4) == 0 {
					e.Calendars[c].On = append(e.Calendars[c].On, EventPeriod{Period: t, Event: event, Days: 1})
				}
			}
			if r.IntN(6) == 0 {
				e.Calendars[c].Closed = append(e.Calendars[c].Closed, t)
			}
		}
	}
	for i := range 20 {
		p.Keys = append(p.Keys, Key{Item: string(rune('a' + i))})
		p.Start = append(p.Start, Period(r.IntN(100)))
		p.Off = append(p.Off, p.Off[i]+int(p.End-p.Start[i]))
		e.Of = append(e.Of, int32(r.IntN(3)))
	}
	p.Y, p.Events = make([]float64, p.Cells()), e
	return p
}

func TestEventsAreTheSameHoweverAPanelIsCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		p := eventful(r)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		lo := r.IntN(19)
		hi := lo + 1 + r.IntN(20-lo)
		train, future, err := p.Shard(lo, hi).Split(60, 14)
		if err != nil {
			t.Fatal(err)
		}
		again := future.Shard(1, future.Events.len())
		for i := lo; i < hi; i++ {
			want := p.Events.Calendar(i)
			for name, got := range map[string]*EventCalendar{
				"series": p.At(i).Events, "train": train.At(i - lo).Events, "future": future.Events.Calendar(i - lo),
			} {
				if got != want {
					t.Fatalf("%s %d of the shard from %d on has another calendar", name, i, lo)
				}
			}
			if i > lo && again.Events.Calendar(i-lo-1) != want {
				t.Fatalf("future %d, cut again, has another calendar", i)
			}
		}
	}
}

func (e *Events) len() int { return len(e.Of) }

func TestACalendarTellsWhatIsOnAndWhenShopsAreShut(t *testing.T) {
	p := eventful(rand.New(rand.NewPCG(3, 4)))
	c := p.Events.Calendar(5)
	for at := Period(-2); at < 135; at++ {
		var want []EventPeriod
		for _, e := range c.On {
			if e.Period == at {
				want = append(want, e)
			}
		}
		if !slices.Equal(c.At(at), want) || c.Shut(at) != slices.Contains(c.Closed, at) {
			t.Errorf("period %d: %v, want %v; shut %v", at, c.At(at), want, c.Shut(at))
		}
	}
	if got := c.Between(20, 60); len(got) == 0 || got[0].Period < 20 || got[len(got)-1].Period >= 60 || len(c.Between(0, 130)) != len(c.On) {
		t.Errorf("between 20 and 60: %v", got)
	}
	var none *Events
	if none.Calendar(3).Shut(0) || len(none.Calendar(3).On) > 0 || none.Shard(1, 2) != nil {
		t.Error("without events there is something")
	}
}

func TestTheForecastOfAClosedPeriodIsZeroAndOfNoOther(t *testing.T) {
	p := eventful(rand.New(rand.NewPCG(5, 6)))
	f := NewForecast(&Future{Keys: p.Keys, Cal: p.Cal, Start: p.End, H: 28}, []float64{0.1, 0.9})
	for i := range f.Mean {
		f.Mean[i], f.Q[2*i], f.Q[2*i+1] = 5, 2, 9
	}
	p.Events.Close(f)
	for i := range f.Keys {
		fan := f.Fan(i)
		for h, mean := range fan.Mean {
			want := []float64{5, 2, 9}
			if p.Events.Calendar(i).Shut(p.End + Period(h)) {
				want = []float64{0, 0, 0}
			}
			if got := append([]float64{mean}, fan.At(h)...); !slices.Equal(got, want) {
				t.Errorf("series %d, step %d: %v, want %v", i, h, got, want)
			}
		}
	}
	(*Events)(nil).Close(f)
}
