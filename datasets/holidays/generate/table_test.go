package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestTheTableIsWhatRulesAndCorrectionsSay(t *testing.T) {
	want, err := build()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("holidays.csv is another one: put the change into corrections.csv, and run go generate ./datasets/holidays")
	}
}

func TestACorrectionChangesWhatItNames(t *testing.T) {
	rows := func() [][]string {
		return [][]string{{"DE", "A", "public", "2020-01-01 2021-01-01"}, {"DE", "A", "observed", "2022-01-03"}, {"AT", "A", "public", "2020-01-01"}}
	}
	for change, want := range map[string]string{
		"kind,DE,A,other,":                   "AT A public 2020-01-01|DE A other 2020-01-01 2021-01-01|DE A observed 2022-01-03",
		"kind,AT,A,other,":                   "AT A other 2020-01-01|DE A public 2020-01-01 2021-01-01|DE A observed 2022-01-03",
		"name,AT,A,B,":                       "AT B public 2020-01-01|DE A public 2020-01-01 2021-01-01|DE A observed 2022-01-03",
		"add,DE,A,public,2020-06-01":         "AT A public 2020-01-01|DE A public 2020-01-01 2020-06-01 2021-01-01|DE A observed 2022-01-03",
		"add,AT,B,bank,2020-06-01":           "AT A public 2020-01-01|AT B bank 2020-06-01|DE A public 2020-01-01 2021-01-01|DE A observed 2022-01-03",
		"remove,DE,A,,2021-01-01 2022-01-03": "AT A public 2020-01-01|DE A public 2020-01-01",
	} {
		got, err := correct(rows(), "change,country,name,to,dates\n"+change+"\n")
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, row := range got {
			lines = append(lines, strings.Join(row, " "))
		}
		if text := strings.Join(lines, "|"); text != want {
			t.Errorf("%s: %s, want %s", change, text, want)
		}
	}
	if _, err := correct(rows(), "change,country,name,to,dates\nremove,DE,A,,2031-01-01\n"); err == nil || !strings.Contains(err.Error(), "changes nothing") {
		t.Errorf("a correction of nothing: %v", err)
	}
}
