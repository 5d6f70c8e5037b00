package config

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPathsInDropsAreThoseOfTheNightsDropOrOfAllUpToIt(t *testing.T) {
	in := Input{Target: []string{"{drops}/tts.csv", "/base.csv"}, Related: []string{"{drop}/rts"}, Items: "{drop}/items.csv", Stores: "/stores.csv"}
	got := in.InDrops([]string{"/in/1", "/in/2"})
	want := Input{Target: []string{"/in/1/tts.csv", "/in/2/tts.csv", "/base.csv"}, Related: []string{"/in/2/rts"}, Items: "/in/2/items.csv", Stores: "/stores.csv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !in.UsesDrops() || want.UsesDrops() {
		t.Error("which paths lie in drops is not known")
	}
}

func TestPathsInDropsAreNotRelativeToTheConfiguration(t *testing.T) {
	c, err := Parse([]byte("input: {target: ['{drop}/a.csv', b.csv]}\nschedule: {watch: {dir: in}}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.resolve("/etc/shelfcast")
	if diff := cmp.Diff([]string{"{drop}/a.csv", "/etc/shelfcast/b.csv"}, c.Input.Target); diff != "" || c.Schedule.Watch.Dir != filepath.Join("/etc/shelfcast", "in") {
		t.Error(diff, c.Schedule.Watch.Dir)
	}
}
