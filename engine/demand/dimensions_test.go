package demand

import (
	"slices"
	"testing"
)

func TestDimensionsAreReadBackAsTheyWereJoined(t *testing.T) {
	t.Parallel()
	names := []string{"channel", "size"}
	seen := map[string]bool{}
	for _, values := range [][]string{{"web", "L"}, {"web;size=L", "x"}, {"web", "L;x"}, {`a\`, `b`}, {`a\;b`, `\`}, {`a`, `\;b`}, {"a=b", "=="}, {"ä", "x\ny"}} {
		k := Key{Item: "a", Dims: JoinDimensions(names, values)}
		if seen[k.Dims] {
			t.Errorf("%q: two sets of values make %q", values, k.Dims)
		}
		seen[k.Dims] = true
		var gotNames, gotValues []string
		for name, value := range k.Dimensions() {
			gotNames, gotValues = append(gotNames, name), append(gotValues, value)
		}
		if !slices.Equal(gotNames, names) || !slices.Equal(gotValues, values) {
			t.Errorf("%q is read back as %q, %q from %q", values, gotNames, gotValues, k.Dims)
		}
	}
	for range (Key{Item: "a"}).Dimensions() {
		t.Error("a key without dimensions has one")
	}
	if got := (Key{Item: "a", Store: "s", Dims: JoinDimensions(names, []string{"web", "L"})}).String(); got != "a@s[channel=web;size=L]" {
		t.Errorf("written as %s", got)
	}
	if got := JoinDimensions(nil, nil); got != "" {
		t.Errorf("no dimensions are %q", got)
	}
}

func TestDimensionsChangeTheSeed(t *testing.T) {
	t.Parallel()
	plain, web := Key{Item: "a", Store: "s"}, Key{Item: "a", Store: "s", Dims: "c=web"}
	if plain.Seed() == web.Seed() || web.Seed() == (Key{Item: "a", Store: "sc=web"}).Seed() {
		t.Error("two keys have one seed")
	}
}
