package floors

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const repository = "../../.."

func TestImportsGoOnlyDownAndAvoidBannedPackages(t *testing.T) {
	found, err := Violations(os.DirFS(repository))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range found {
		t.Error(line)
	}
}

func TestPlantedViolationIsCaught(t *testing.T) {
	const arrow = "github.com/apache/arrow/go/v14"
	cases := []struct{ name, file, source, want string }{
		{"up", "engine/demand/a.go", `package demand; import _ "shelfcast/jobs"`, "floor 0 imports jobs on floor 4"},
		{"sideways", "algorithms/ets/a.go", `package ets; import _ "shelfcast/algorithms/theta"`, "floor 2 imports algorithms/theta on floor 2"},
		{"no floor", "util/a.go", `package util`, "folder util has no floor"},
		{"arrow", "jobs/a.go", `package jobs; import _ "` + arrow + `/arrow"`, "take a demand.Panel from ingest"},
		{"arrow parquet", "ingest/a.go", `package ingest; import _ "` + arrow + `/parquet/file"`, "parquet-go/parquet-go"},
		{"pgx", "jobs/a.go", `package jobs; import _ "github.com/jackc/pgx/v5"`, "call engine/store"},
		{"old rand", "datasets/synth/a.go", `package synth; import _ "math/rand"`, "math/rand/v2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := planted(t, c.file, c.source)
			if len(found) != 1 || !strings.Contains(found[0], c.want) || !strings.Contains(found[0], c.file) {
				t.Errorf("got %q, want one line about %s with %q", found, c.file, c.want)
			}
		})
	}
}

func TestAllowedImportsPass(t *testing.T) {
	for name, source := range map[string]string{
		"ingest/a.go":         `package ingest; import (_ "github.com/apache/arrow/go/v14/arrow"; _ "shelfcast/engine/demand")`,
		"engine/store/a.go":   `package store; import _ "github.com/jackc/pgx/v5"`,
		"datasets/synth/a.go": `package synth; import _ "math/rand/v2"`,
		"main.go":             `package main; import _ "shelfcast/jobs/cli"`,
	} {
		if found := planted(t, name, source); len(found) != 0 {
			t.Errorf("%s: got %q, want nothing", name, found)
		}
	}
}

func planted(t *testing.T, name, source string) []string {
	t.Helper()
	found, err := Violations(fstest.MapFS{name: {Data: []byte(source), Mode: fs.ModePerm}})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
