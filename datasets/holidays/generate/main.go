// Command generate writes holidays.csv into the working folder: the holidays of countries by the rules of
// github.com/rickar/cal and of others.go, the events of retail by those of retail.go, and all of it as corrections.csv puts
// it right.
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"

	"shelfcast/datasets/holidays"
)

const firstYear, lastYear = 2010, 2032

var countries = []struct {
	code string
	days []*cal.Holiday
}{
	{"AT", at.Holidays},
	{"BE", be.Holidays},
	{"BR", br.Holidays},
	{"CA", ca.Holidays},
	{"CH", ch.Holidays},
	{"CZ", cz.Holidays},
	{"DE", de.Holidays},
	{"DK", dk.Holidays},
	{"ES", es.Holidays},
	{"FR", fr.Holidays},
	{"GB", gb.Holidays},
	{"GR", gr.Holidays},
	{"IE", ie.Holidays},
	{"IT", it.Holidays},
	{"JP", jp.Holidays},
	{"NL", nl.Holidays},
	{"NO", no.Holidays},
	{"NZ", nz.Holidays},
	{"PL", pl.Holidays},
	{"RO", ro.Holidays},
	{"SE", se.Holidays},
	{"SK", sk.Holidays},
	{"US", us.Holidays},
	{"ZA", za.Holidays},
}

func main() {
	table, err := build()
	if err == nil {
		err = os.WriteFile("holidays.csv", table, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// build returns the table: what the rules say, as corrections.csv puts it right.
func build() ([]byte, error) {
	rows := retail()
	for _, c := range countries {
		rows = append(rows, national(c.code, c.days)...)
	}
	rows, err := correct(append(rows, others()...), corrections)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = csv.NewWriter(&out).WriteAll(append([][]string{{"country", "name", "kind", "dates"}}, rows...))
	return out.Bytes(), err
}

// national returns the rows of a country: each holiday's own days, and the days off for it where those are others.
func national(code string, days []*cal.Holiday) [][]string {
	var rows [][]string
	for _, h := range days {
		var actual, observed []string
		for year := firstYear; year <= lastYear; year++ {
			on, off := h.Calc(year)
			if on.IsZero() {
				continue
			}
			actual = append(actual, on.Format(time.DateOnly))
			if !off.IsZero() && !off.Equal(on) {
				observed = append(observed, off.Format(time.DateOnly))
			}
		}
		rows = appendRow(rows, code, h.Name, kind(h.Type), actual)
		rows = appendRow(rows, code, h.Name, holidays.Observed, observed)
	}
	return rows
}

func appendRow(rows [][]string, country, name, kind string, dates []string) [][]string {
	if len(dates) == 0 {
		return rows
	}
	return append(rows, []string{country, name, kind, strings.Join(dates, " ")})
}

func kind(t cal.ObservanceType) string {
	switch t {
	case cal.ObservancePublic:
		return holidays.Public
	case cal.ObservanceBank:
		return holidays.Bank
	case cal.ObservanceReligious:
		return holidays.Religious
	}
	return holidays.Other
}
