package score

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exactSum adds with math/big, which is the independent second way.
func exactSum(xs []float64) float64 {
	sum := new(big.Float).SetPrec(2300) // more than the 2,098 bits between the ends of float64, and carries
	for _, x := range xs {
		sum.Add(sum, new(big.Float).SetFloat64(x))
	}
	value, _ := sum.Float64()
	return value
}

func sumOfAll(xs []float64) *Sum {
	var s Sum
	for _, x := range xs {
		s.Add(x)
	}
	return &s
}

// anyFloat draws a finite float64 of any sign and exponent.
func anyFloat(rng *rand.Rand) float64 {
	for {
		if x := math.Float64frombits(rng.Uint64()); !math.IsNaN(x - x) {
			return x
		}
	}
}

func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func TestSumIsCorrectlyRoundedOnHardCases(t *testing.T) {
	t.Parallel()
	const tiny, huge = math.SmallestNonzeroFloat64, math.MaxFloat64
	half := math.Ldexp(1, -53) // half a unit in the last place of 1
	for name, c := range map[string]struct {
		xs   []float64
		want float64
	}{
		"empty":                         {nil, 0},
		"negative zero":                 {[]float64{math.Copysign(0, -1)}, 0},
		"cancellation":                  {[]float64{1e100, 1, -1e100}, 1},
		"tenths":                        {[]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 1}, // plain addition gives 0.9999999999999999
		"tie to even, down":             {[]float64{1, half}, 1},
		"tie to even, up":               {[]float64{1 + 2*half, half}, 1 + 4*half},
		"just above a tie":              {[]float64{1, half, tiny}, 1 + 2*half},
		"just below a tie":              {[]float64{1, half, -tiny}, 1},
		"negative tie":                  {[]float64{-1, -half, -tiny}, -1 - 2*half},
		"subnormal":                     {[]float64{tiny, tiny, tiny}, 3 * tiny},
		"subnormal to normal":           {[]float64{0x1p-1022 - tiny, tiny}, 0x1p-1022},
		"largest":                       {[]float64{huge}, huge},
		"beyond the largest":            {[]float64{huge, huge}, math.Inf(1)},
		"beyond the largest, negative":  {[]float64{-huge, -huge}, math.Inf(-1)},
		"rounds up to infinity":         {[]float64{huge, 0x1p969, 0x1p970}, math.Inf(1)},
		"half a unit above the largest": {[]float64{huge, 0x1p970, -tiny}, huge},
		"back from beyond the largest":  {[]float64{huge, huge, -huge, -huge, 3}, 3},
		"infinity":                      {[]float64{1, math.Inf(1)}, math.Inf(1)},
		"negative infinity":             {[]float64{math.Inf(-1), 1}, math.Inf(-1)},
		"both infinities":               {[]float64{math.Inf(-1), math.Inf(1)}, math.NaN()},
		"not a number":                  {[]float64{math.NaN(), 1, math.Inf(1)}, math.NaN()},
	} {
		if got := sumOfAll(c.xs).Value(); !sameBits(got, c.want) {
			t.Errorf("%s: got %g, want %g", name, got, c.want)
		}
	}
}

func TestSumEqualsExactArithmeticForAnyNumbers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		xs := make([]float64, rng.IntN(60))
		for i := range xs {
			switch {
			case round%2 == 0:
				xs[i] = anyFloat(rng)
			case i > 0 && rng.IntN(3) == 0:
				xs[i] = -xs[rng.IntN(i)] // cancellation
			default:
				xs[i] = rng.NormFloat64() * math.Exp(20*rng.NormFloat64())
			}
		}
		if got, want := sumOfAll(xs).Value(), exactSum(xs); !sameBits(got, want) {
			t.Fatalf("round %d: got %g, want %g for %v", round, got, want, xs)
		}
	}
}

func TestSumSurvivesMoreAdditionsThanAChunkHolds(t *testing.T) {
	t.Parallel()
	const x, n = math.MaxFloat64, 5*addsPerCarry + 3
	var s Sum
	for range n {
		s.Add(-x)
	}
	for range n - 1 {
		s.Add(x)
	}
	if got := s.Value(); got != -x {
		t.Errorf("got %g, want %g", got, -x)
	}
}

func TestSumHasTheSameBitsForAnyOrderAndGrouping(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	xs := make([]float64, 5000)
	for i := range xs {
		xs[i] = rng.NormFloat64() * math.Exp(30*rng.NormFloat64())
	}
	want, text := sumOfAll(xs).Value(), marshal(t, sumOfAll(xs))
	for range 20 {
		rng.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		parts := make([]Sum, 1+rng.IntN(9))
		for _, x := range xs {
			parts[rng.IntN(len(parts))].Add(x)
		}
		var whole Sum
		for i := range parts {
			var stored Sum // as a ledger gives it back
			if err := json.Unmarshal([]byte(marshal(t, &parts[i])), &stored); err != nil {
				t.Fatal(err)
			}
			whole.Merge(&stored)
		}
		if got := whole.Value(); !sameBits(got, want) {
			t.Errorf("%d parts: got %g, want %g", len(parts), got, want)
		}
		if got := marshal(t, &whole); got != text {
			t.Errorf("%d parts are written otherwise", len(parts))
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSumIsWrittenExactlyAndReadBackEqual(t *testing.T) {
	t.Parallel()
	for want, xs := range map[string][]float64{
		`"0"`:            nil,
		`"0x3p-1"`:       {1.5},
		`"-0x3p-1"`:      {-1.5},
		`"0x1p-1074"`:    {math.SmallestNonzeroFloat64},
		`"0x1p1024"`:     {0x1p1023, 0x1p1023}, // beyond float64, and still exact
		`"0x80000001p0"`: {0x1p31, 1},
		`"NaN"`:          {math.NaN(), 1},
		`"+Inf"`:         {math.Inf(1), 1},
		`"-Inf"`:         {math.Inf(-1)},
	} {
		s := sumOfAll(xs)
		if got := marshal(t, *s); got != want {
			t.Errorf("%v: written %s, want %s", xs, got, want)
		}
		var back Sum
		if err := json.Unmarshal([]byte(want), &back); err != nil {
			t.Fatal(err)
		}
		if !sameBits(back.Value(), s.Value()) || marshal(t, back) != want {
			t.Errorf("%s: read back as %g", want, back.Value())
		}
	}
}

func TestSumRefusesTextThatIsNoSum(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "1", "0x", "0xp0", "x1p0", "0x1", "0x1.8p0", "0xFp0", "0x1p", "0x1p0x", "0x1p-1075", "0x1p9223372036854775807", "0x1p2000", "--0x1p0", "+0x1p0", "inf",
	} {
		s := *sumOfAll([]float64{7})
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %g", text, s.Value())
		}
		if s.Value() != 7 {
			t.Errorf("%q left %g behind", text, s.Value())
		}
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuv"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var xs []float64
		for ; len(data) >= 8; data = data[8:] {
			if x := math.Float64frombits(binary.LittleEndian.Uint64(data)); !math.IsNaN(x - x) {
				xs = append(xs, x)
			}
		}
		s := sumOfAll(xs)
		if got, want := s.Value(), exactSum(xs); !sameBits(got, want) {
			t.Fatalf("got %g, want %g for %v", got, want, xs)
		}
		var back Sum
		if err := json.Unmarshal([]byte(marshal(t, s)), &back); err != nil || !sameBits(back.Value(), s.Value()) {
			t.Fatalf("read back %g, want %g: %v", back.Value(), s.Value(), err)
		}
	})
}

func FuzzSumText(f *testing.F) {
	for _, seed := range []string{"0", "-0x3p-1", "0x1p1024", "NaN", "0x00ffp7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, back Sum
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, _ := s.MarshalText()
		if err := back.UnmarshalText(written); err != nil {
			t.Fatalf("%q was read, written as %q and then refused: %v", text, written, err)
		}
		if diff := cmp.Diff(s, back, cmp.AllowUnexported(Sum{})); diff != "" {
			t.Fatalf("%q is not read back equal: %s", text, diff)
		}
	})
}

func BenchmarkSumAdd(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	xs := make([]float64, 1024)
	for i := range xs {
		xs[i] = 100 * rng.ExpFloat64()
	}
	var s Sum
	n := 0
	for b.Loop() {
		for _, x := range xs {
			s.Add(x)
		}
		n += len(xs)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "adds/s")
}

func BenchmarkSumValue(b *testing.B) {
	s := sumOfAll([]float64{1e9, -0.1, 1e-9})
	for b.Loop() {
		s.Value()
	}
}
