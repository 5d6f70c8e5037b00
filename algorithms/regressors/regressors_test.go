package regressors

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/demand"
)

var daily = demand.Calendar{Freq: demand.Daily}

// series is n days from a Monday with a price that falls in every tenth, a stray column, and two events.
func series(n int) demand.Series {
	start := daily.Period(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	price, other, same, gaps := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		price[i], other[i], same[i], gaps[i] = 2, float64(i%3), 5, float64(i)
		if i%10 == 0 {
			price[i] = 1
		}
	}
	gaps[1] = math.NaN()
	at := func(day, event, offset, days int) demand.EventPeriod {
		return demand.EventPeriod{Period: start + demand.Period(day), Event: int32(event), Offset: int32(offset), Days: int32(days)}
	}
	return demand.Series{
		Cal: daily, Start: start, Y: make([]float64, n), EventNames: []string{"easter", "sale"},
		X: []demand.Column{{Name: "price", Role: demand.Price, V: price}, {Name: "other", V: other}, {Name: "same", V: same}, {Name: "gaps", V: gaps}},
		Events: &demand.EventCalendar{On: []demand.EventPeriod{
			at(5, 1, 0, 1), at(9, 0, -1, 0), at(10, 0, 0, 1), at(20, 1, 0, 1), at(39, 0, -1, 0), at(40, 0, 0, 1), at(n+2, 1, 0, 1), at(n+3, 0, -1, 0), at(n+4, 0, 0, 1), at(n+6, 0, 0, 1),
		}},
	}
}

func TestColumnsOfASeries(t *testing.T) {
	t.Parallel()
	const n, h = 60, 10
	s := series(n)
	set := Of(s, n, Options{Covariates: true, Events: true, Waves: []Wave{{Days: 7, Order: 2}, {Days: 365.25, Order: 3}}})
	var names []string
	for _, term := range set.Terms {
		names = append(names, term.Name)
	}
	const want = "price|other|easter-1|easter|sale|wave of 7 days, sine|wave of 7 days, cosine|wave of 3.5 days, sine|wave of 3.5 days, cosine"
	if got := strings.Join(names, "|"); got != want {
		t.Fatalf("columns %s, want %s: what does not vary, has gaps, or of which there are not two turns is no column", got, want)
	}
	if set.Waves() != 4 {
		t.Errorf("%d columns of waves, want 4", set.Waves())
	}
	columns, err := set.Columns(s.X, n)
	if err != nil {
		t.Fatal(err)
	}
	typical := math.Pow(2, 0.9) // of ten days, one at half the price
	for i := range n {
		day := float64(daily.Seconds(s.Start+demand.Period(i))) / daySeconds
		for k, want := range map[int]float64{
			0: math.Log(s.X[0].V[i] / typical), 1: s.X[1].V[i], 5: math.Sin(2 * math.Pi * day / 7), 8: math.Cos(4 * math.Pi * day / 7),
		} {
			if got := columns[k].V[i]; math.Abs(got-want) > 1e-9 {
				t.Fatalf("%s of day %d is %g, want %g", columns[k].Name, i, got, want)
			}
		}
		for k, days := range map[int][]int{2: {9, 39}, 3: {10, 40}, 4: {5, 20}} {
			want := 0.0
			for _, d := range days {
				if i == d {
					want = 1
				}
			}
			if got := columns[k].V[i]; got != want {
				t.Fatalf("%s of day %d is %g, want %g", columns[k].Name, i, got, want)
			}
		}
	}
	ahead, err := set.Ahead([]demand.Column{{Name: "other", V: make([]float64, h)}, {Name: "price", V: []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 4}}}, h)
	if err != nil {
		t.Fatal(err)
	}
	if got := ahead[0].V[9]; math.Abs(got-math.Log(4/typical)) > 1e-12 {
		t.Errorf("the price ahead is %g", got)
	}
	for k, days := range map[int][]int{2: {3}, 3: {4, 6}, 4: {2}} {
		sum := 0.0
		for _, v := range ahead[k].V {
			sum += v
		}
		if sum != float64(len(days)) || ahead[k].V[days[0]] != 1 {
			t.Errorf("%s ahead is %v, want days %v", ahead[k].Name, ahead[k].V, days)
		}
	}
	longer := series(n + h)
	longer.Events = s.Events
	all, err := Set{Terms: set.Terms[5:], Cal: daily, Next: set.Next + h}.Columns(nil, n+h)
	if err != nil {
		t.Fatal(err)
	}
	for k, col := range ahead[5:] {
		if !reflect.DeepEqual(col.V, all[k].V[n:]) {
			t.Errorf("%s does not go on in the horizon", col.Name)
		}
	}
}

func TestASetIsReadBackEqual(t *testing.T) {
	t.Parallel()
	set := Of(series(60), 60, Options{Covariates: true, Events: true, Waves: []Wave{{Days: 7, Order: 1}}})
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var back Set
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(set, back) || back.Check() != nil {
		t.Errorf("%+v came back as %+v", set, back)
	}
	back.Terms[2].Days = nil
	if back.Check() == nil {
		t.Error("an event without days is whole")
	}
}

func TestWhatIsNotKnownAheadIsNamed(t *testing.T) {
	t.Parallel()
	set := Of(series(60), 60, Options{Covariates: true})
	for _, c := range []struct {
		x    []demand.Column
		want string
	}{
		{nil, "covariate price was fitted and has no values here"},
		{[]demand.Column{{Name: "price", V: []float64{1, 0}}}, "covariate price was fitted and is 0 in period 2 of 2"},
		{[]demand.Column{{Name: "price", V: []float64{1, 1}}, {Name: "other", V: []float64{math.NaN(), 1}}}, "covariate other was fitted and is NaN in period 1 of 2"},
	} {
		if _, err := set.Ahead(c.x, 2); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// An event that was seen once cannot be told from what else was special about that day.
func TestAnEventThatWasSeenOnceIsNoColumn(t *testing.T) {
	t.Parallel()
	s := series(30)
	for _, term := range Of(s, 30, Options{Events: true}).Terms {
		if strings.HasPrefix(term.Name, "easter") {
			t.Errorf("%s is a column", term.Name)
		}
	}
	if got := len(Of(series(60), 20, Options{Events: true}).Terms); got != 0 {
		t.Errorf("%d columns of the last 20 days, in which nothing is twice", got)
	}
}

// Of many events those are kept that were seen most often, the first of those seen alike.
func TestTheMostFrequentEventsAreKept(t *testing.T) {
	t.Parallel()
	s := series(60)
	s.EventNames = []string{"a", "b", "c", "d"}
	s.Events = &demand.EventCalendar{}
	for day := range 60 {
		event := -1
		switch {
		case day%20 == 3:
			event = 0 // three times
		case day%10 == 4:
			event = 1 // six
		case day%20 == 5:
			event = 2 // three
		case day%30 == 6:
			event = 3 // twice
		}
		if event >= 0 {
			s.Events.On = append(s.Events.On, demand.EventPeriod{Period: s.Start + demand.Period(day), Event: int32(event), Days: 1})
		}
	}
	for most, want := range map[int]string{0: "a b c d", 1: "b", 2: "a b", 3: "a b c", 4: "a b c d"} {
		var names []string
		for _, term := range Of(s, 60, Options{Events: true, MostEvents: most}).Terms {
			names = append(names, term.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("at most %d: %s, want %s", most, got, want)
		}
	}
}
