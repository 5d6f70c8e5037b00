package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnAddressOfAnObjectStoreStaysAsItIsAndIsNotWatched(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c.yaml")
	text := "input: {target: ['s3://bucket/tts/*.parquet'], items: 's3://bucket/items.csv'}\nforecast: {horizon: 7}\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(name, nil)
	if err != nil || c.Input.Target[0] != "s3://bucket/tts/*.parquet" || c.Input.Items != "s3://bucket/items.csv" {
		t.Errorf("%v, %v, %v", c.Input.Target, c.Input.Items, err)
	}
	if _, err = Parse([]byte(text+"schedule: {watch: {dir: 's3://bucket/drops'}}\n"), nil); err == nil || !strings.Contains(err.Error(), "is the address of an object store, and a folder is watched") {
		t.Error(err)
	}
}

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
