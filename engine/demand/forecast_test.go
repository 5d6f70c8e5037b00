package demand

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestAForgottenWriteIsSeen(t *testing.T) {
	t.Parallel()
	f := NewForecast(&Future{Keys: []Key{{Item: "a"}, {Item: "b"}}, Start: 5, H: 2}, []float64{0.1, 0.9})
	if err := f.Check(); !errors.Is(err, ErrNotUsable) {
		t.Errorf("an empty forecast: %v", err)
	}
	for i := range f.Keys {
		fan := f.Fan(i)
		for j := range fan.Mean {
			fan.Mean[j] = 2
			copy(fan.At(j), []float64{1, 3})
		}
	}
	if err := f.Check(); err != nil {
		t.Errorf("a whole forecast: %v", err)
	}
	f.Fan(1).At(1)[1] = math.NaN()
	if err := f.Check(); err == nil || !strings.Contains(err.Error(), "the quantile 0.9 of step 2 is not a number") || !strings.Contains(err.Error(), "forecast of b") {
		t.Errorf("the error is %v", err)
	}
}

func TestFansAreViewsThatAnAppendDoesNotWriteThrough(t *testing.T) {
	t.Parallel()
	f := NewForecast(&Future{Keys: []Key{{Item: "a"}, {Item: "b"}}, H: 2}, []float64{0.5})
	clear(f.Mean)
	clear(f.Q)
	_ = append(f.Fan(0).Mean, 9)
	_ = append(f.Fan(0).Q, 9)
	_ = append(f.Fan(0).At(0), 9)
	f.Fan(0).Mean[1] = 7
	if f.Mean[2] != 0 || f.Q[2] != 0 || f.Q[1] != 0 || f.Mean[1] != 7 {
		t.Errorf("means %v, quantiles %v", f.Mean, f.Q)
	}
}

func TestEachFaultOfAFanIsNamed(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.5}
	for _, c := range []struct {
		mean float64
		q    [2]float64
		want string
	}{
		{math.NaN(), [2]float64{0, 0}, "the mean of step 1 is not a number"},
		{math.Inf(1), [2]float64{0, 0}, "the mean of step 1 is infinite"},
		{-1, [2]float64{0, 0}, "the mean of step 1 is negative"},
		{1, [2]float64{-1, 0}, "the quantile 0.1 of step 1 is negative"},
		{1, [2]float64{0, math.Inf(1)}, "the quantile 0.5 of step 1 is infinite"},
		{1, [2]float64{2, 1}, "the quantiles 0.1 and 0.5 of step 1 cross"},
	} {
		err := Fan{Levels: levels, Mean: []float64{c.mean}, Q: c.q[:]}.Check()
		if !errors.Is(err, ErrNotUsable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("mean %g and quantiles %v: %v", c.mean, c.q, err)
		}
	}
	equal := Fan{Levels: levels, Mean: []float64{0}, Q: []float64{0, 0}}
	if err := equal.Check(); err != nil {
		t.Errorf("equal quantiles: %v", err)
	}
}

func TestLevelsAscendInsideZeroAndOne(t *testing.T) {
	t.Parallel()
	for _, levels := range [][]float64{nil, {0.5}, {0.005, 0.5, 0.995}} {
		if err := CheckLevels(levels); err != nil {
			t.Errorf("%v: %v", levels, err)
		}
	}
	for _, levels := range [][]float64{{0.1, 0.10000000000000002}, {0}, {1}, {-0.1}, {1.5}, {math.NaN()}, {0.5, 0.5}, {0.9, 0.1}} {
		if CheckLevels(levels) == nil {
			t.Errorf("%v passes", levels)
		}
	}
}

func TestLevelNamesHaveNoNoise(t *testing.T) {
	t.Parallel()
	for level, want := range map[float64]string{
		0.1: "p10", 0.5: "p50", 0.9: "p90", 0.005: "p0_5", 0.025: "p2_5", 0.975: "p97_5", 0.29: "p29", 0.57: "p57", 0.999: "p99_9", 0.1234: "p12_34",
	} {
		if got := LevelName(level); got != want {
			t.Errorf("level %g is called %s, want %s", level, got, want)
		}
	}
}

func TestKeysSortByItemThenStore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Key
		want int
	}{
		{Key{"a", "z", ""}, Key{"b", "a", ""}, -1},
		{Key{"a", "b", ""}, Key{"a", "a", "x=1"}, 1},
		{Key{"a", "b", ""}, Key{"a", "b", ""}, 0},
		{Key{"a", "", ""}, Key{"a", "b", ""}, -1},
		{Key{"a", "b", "x=1"}, Key{"a", "b", ""}, 1},
		{Key{"a", "b", "x=1"}, Key{"a", "b", "x=2"}, -1},
	} {
		if got := c.a.Compare(c.b); got != c.want {
			t.Errorf("%v to %v: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if (Key{"a", "b", ""}).String() != "a@b" || (Key{Item: "a"}).String() != "a" {
		t.Error("a key is not written as item@store")
	}
}

func TestASeedIsTheHashOfTheKey(t *testing.T) {
	t.Parallel()
	// FNV-1a of one zero byte and of "a", zero, by the published constants; the first is 0xaf63bd4c8601b7df in the
	// test vectors of Fowler, Noll and Vo.
	if got := (Key{}).Seed(); got != 0xaf63bd4c8601b7df {
		t.Errorf("the seed of the empty key is %#x", got)
	}
	if (Key{"ab", "c", ""}).Seed() == (Key{"a", "bc", ""}).Seed() {
		t.Error("two keys that spell the same have one seed")
	}
	k := Key{Item: "milk", Store: "north"}
	a, b, c := k.Rand(1).Uint64(), k.Rand(1).Uint64(), k.Rand(2).Uint64()
	if a != b || a == c {
		t.Errorf("streams 1, 1 and 2 begin with %d, %d and %d", a, b, c)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"":            nil,
		"no_data":     fmt.Errorf("fit: %w", ErrNoData),
		"too_short":   fmt.Errorf("fit: %w", ErrTooShort),
		"not_usable":  fmt.Errorf("fit: %w", ErrNotUsable),
		"panic":       errors.Join(fmt.Errorf("fit: %w", ErrTooShort), ErrPanic),
		"timeout":     fmt.Errorf("fit: %w", context.DeadlineExceeded),
		"cancelled":   fmt.Errorf("fit: %w", context.Canceled),
		"model_error": errors.New("singular"),
	} {
		if got := Reason(err); got != want {
			t.Errorf("the reason of %v is %q, want %q", err, got, want)
		}
	}
}
