package nearest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestTheNearestNameIsTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	columns := []string{"item_id", "store_id", "timestamp", "demand"}
	for _, c := range []struct {
		given, want string
		names       []string
	}{
		{"demnad", "demand", columns},      // neighbours swapped
		{"timestmp", "timestamp", columns}, // a letter lost
		{"Item_ID", "item_id", columns},    // case
		{"itemid", "item_id", columns},
		{"m4", "m5", []string{"store_item_demand", "m5"}},
		{"ab", "ax", []string{"ax", "ay"}}, // the first of equals
		{"colour", "", columns},            // nothing is near
		{"", "", columns},
		{"demand", "", nil},
	} {
		if got := Name(c.given, c.names); got != c.want {
			t.Errorf("%q: %q, want %q", c.given, got, c.want)
		}
	}
}

func TestDistancesAreThoseOfDamerau(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"kitten", "sitting", 3}, // the textbook example: k→s, e→i, +g
		{"", "abc", 3},
		{"same", "same", 0},
		{"ab", "ba", 1},  // one swap
		{"ca", "abc", 3}, // no part is edited twice, else it would be 2
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestDistanceIsSymmetricAndZeroForEqualsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{0,6}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Errorf("%q to %q: %d", a, b, d)
		}
	})
}

func ExampleName() {
	fmt.Println(Name("seasonalnaive", []string{"naive", "seasonal-naive"}))
	// Output: seasonal-naive
}
