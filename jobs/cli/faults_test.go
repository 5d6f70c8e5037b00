package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"shelfcast/evaluate/audit"
)

const (
	faultFiles   = 1000
	faultPeriods = 400
)

// dayRow is one day of a series as it is written: the demand, which is empty in the horizon, and its features.
type dayRow struct{ day, demand, price, promotion, footfall, receipts, inStock string }

// faultySeries is one series of a synthetic chain, in which a fault may be planted.
type faultySeries struct {
	item, store string
	rows        []dayRow
}

// faultyChain is a synthetic chain, as text.
type faultyChain struct {
	series        []*faultySeries
	items, stores []string
	features      []string // that are written
}

func (s *faultySeries) history() []dayRow { return s.rows[:len(s.rows)-28] }

// eachDay changes the history of a series from one day to before another, both counted from its first.
func (s *faultySeries) eachDay(from, to int, change func(r *dayRow)) {
	for i := range s.rows[from:to] {
		change(&s.rows[from+i])
	}
}

func (s *faultySeries) scale(from, to int, by float64) {
	s.eachDay(from, to, func(r *dayRow) { r.demand = textOf(by * numberOf(r.demand)) })
}

func textOf(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func numberOf(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return v
}

// plantedFaults are one of each code: what is planted in a series of the chain, how many more the audit must count for it,
// and whether a night is refused for it. A count of 0 stands for any.
var plantedFaults = []struct {
	code  string
	count int64
	fatal bool
	plant func(c *faultyChain, s *faultySeries)
}{
	{"D001", 1, true, func(_ *faultyChain, s *faultySeries) { s.rows = slices.Insert(s.rows, 50, s.rows[50]) }},
	{"D002", 4, false, func(_ *faultyChain, s *faultySeries) { s.eachDay(100, 102, func(r *dayRow) { r.demand = "none" }) }}, // and the two rejected rows
	{"D003", 2, false, func(_ *faultyChain, s *faultySeries) { s.eachDay(100, 102, func(r *dayRow) { r.demand = "" }) }},
	{"D004", 1, false, func(c *faultyChain, s *faultySeries) {
		twin := &faultySeries{item: strings.ToLower(s.item), store: s.store, rows: slices.Clone(s.rows)}
		c.series, c.items = append(c.series, twin), append(c.items, twin.item)
	}},
	{"V001", 1, false, func(_ *faultyChain, s *faultySeries) { s.rows[200].demand = "-3" }},
	{"R001", 1, false, func(_ *faultyChain, s *faultySeries) { s.rows[200].demand = "12,5" }},
	{"V002", 1, false, func(_ *faultyChain, s *faultySeries) { s.scale(0, 100, 0) }},
	{"V003", 1, false, func(_ *faultyChain, s *faultySeries) { s.scale(200, 201, 60) }},
	{"V004", 1, false, func(_ *faultyChain, s *faultySeries) { s.scale(200, faultPeriods, 3.3) }},
	{"V005", 1, false, func(_ *faultyChain, s *faultySeries) { s.scale(200, faultPeriods, 100) }},
	{"V006", 17, false, func(_ *faultyChain, s *faultySeries) { s.scale(300, 314, 0) }}, // and three of the periods that lose their row
	{"S001", 1, false, func(_ *faultyChain, s *faultySeries) { s.scale(300, faultPeriods, 0) }},
	{"S002", 1, false, func(_ *faultyChain, s *faultySeries) { s.rows = s.rows[faultPeriods-10:] }},
	{"P001", 1, false, func(_ *faultyChain, s *faultySeries) {
		s.eachDay(0, len(s.rows), func(r *dayRow) { r.price, r.promotion = "3", "0" })
	}},
	{"P002", 2, false, func(_ *faultyChain, s *faultySeries) { s.eachDay(70, 72, func(r *dayRow) { r.price = "0" }) }},
	{"P003", 1, false, func(_ *faultyChain, s *faultySeries) {
		for i := range s.rows {
			s.rows[i].price, s.rows[i].promotion = textOf(2+float64(i/90)), textOf(float64(i%10/9))
		}
	}},
	{"P004", 1, false, func(_ *faultyChain, s *faultySeries) {
		s.eachDay(200, len(s.rows), func(r *dayRow) { r.price = textOf(100 * numberOf(r.price)) })
	}},
	{"C001", 3, false, func(_ *faultyChain, s *faultySeries) { s.eachDay(60, 63, func(r *dayRow) { r.price = "" }) }},
	{"C002", 1, true, func(_ *faultyChain, s *faultySeries) { s.rows[len(s.rows)-1].price = "" }},
	{"L001", 0, true, func(c *faultyChain, _ *faultySeries) { c.features = append(c.features, "footfall") }},
	{"L002", 0, false, func(c *faultyChain, _ *faultySeries) { c.features = append(c.features, "receipts") }},
	{"M001", 8, false, func(c *faultyChain, s *faultySeries) {
		c.items = slices.DeleteFunc(c.items, func(i string) bool { return i == s.item })
	}},
	{"M003", 1, false, func(c *faultyChain, _ *faultySeries) { c.items = append(c.items, "ghost") }},
}

// TestEveryPlantedFaultOfAChainIsFoundNamedAndCounted plants a fault of each code in a synthetic chain, writes it as a
// thousand files, and compares the audit with that of the same chain without the faults.
func TestEveryPlantedFaultOfAChainIsFoundNamedAndCounted(t *testing.T) {
	t.Parallel()
	dir := chain(t, 600, faultPeriods)
	clean := readChain(t, dir)
	before := clean.audit(t)
	c := readChain(t, dir)
	smooth := c.smooth()
	if len(smooth) < len(plantedFaults) {
		t.Fatalf("%d series are smooth, want %d", len(smooth), len(plantedFaults))
	}
	fatal := map[string]bool{}
	for i, p := range plantedFaults {
		p.plant(c, smooth[i])
		fatal[p.code] = p.fatal
	}
	found := c.audit(t)
	for i, p := range plantedFaults {
		s := smooth[i]
		more := countOf(found, p.code) - countOf(before, p.code)
		if more != p.count && (p.count > 0 || more == 0) {
			t.Errorf("%s: %d are counted more than without the fault, want %d", p.code, more, p.count)
		}
		name := map[string]string{"D002": "", "D003": "", "M001": "", "M003": "", "R001": "field_count", "V001": "demand", "D004": strings.ToLower(s.item), "L001": "footfall", "L002": "receipts"}
		want, other := name[p.code]
		if !other {
			want = s.item + "@" + s.store
		}
		if !named(found, p.code, want) && countOf(before, p.code) < audit.Examples {
			t.Errorf("%s: no example names %s", p.code, want)
		}
	}
	for _, f := range found {
		if f.Severity == audit.Error && !fatal[f.Code] {
			t.Errorf("%s is an error, and no such fault was planted: %+v", f.Code, f)
		}
	}
	for _, f := range before {
		if f.Severity == audit.Error {
			t.Errorf("without a fault, %s is an error: %+v", f.Code, f)
		}
	}
	t.Logf("%d faults in %d series and %d files", len(plantedFaults), len(c.series), faultFiles)

	// A store without metadata, and three sold-out periods that a feature tells of.
	store := clean.stores[0]
	clean.stores, clean.features = clean.stores[1:], append(clean.features, "in_stock")
	clean.series[7].eachDay(20, 23, func(r *dayRow) { r.inStock = "0.5" })
	in := int64(0)
	for _, s := range clean.series {
		if s.store == store {
			in++
		}
	}
	found = clean.audit(t)
	if got := countOf(found, "V007"); got != 3 {
		t.Errorf("V007: %d, want 3", got)
	}
	if got := countOf(found, "M002"); got != in {
		t.Errorf("M002: %d, want the %d series of %s", got, in, store)
	}
}

func countOf(findings []audit.Finding, code string) (n int64) {
	for _, f := range findings {
		if f.Code == code {
			n += f.Count
		}
	}
	return n
}

func named(findings []audit.Finding, code, text string) bool {
	for _, f := range findings {
		for _, e := range f.Examples {
			if f.Code == code && strings.Contains(e.Where+" "+e.Text+" "+f.What, text) {
				return true
			}
		}
		if f.Code == code && text == "" {
			return true
		}
	}
	return false
}

// readChain reads a synthetic chain and gives it the features that only faults need.
func readChain(t *testing.T, dir string) *faultyChain {
	t.Helper()
	type sale struct {
		Item   string  `parquet:"item_id"`
		Store  string  `parquet:"store_id"`
		Day    int32   `parquet:"timestamp,date"`
		Demand float64 `parquet:"demand"`
	}
	type plan struct {
		Item      string  `parquet:"item_id"`
		Store     string  `parquet:"store_id"`
		Day       int32   `parquet:"timestamp,date"`
		Price     float64 `parquet:"price"`
		Promotion float64 `parquet:"promotion"`
	}
	sales, err := parquet.ReadFile[sale](filepath.Join(dir, "tts.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	plans, err := parquet.ReadFile[plan](filepath.Join(dir, "rts.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	sold, last := map[string]float64{}, int32(0)
	for _, s := range sales {
		sold[fmt.Sprint(s.Item, s.Store, s.Day)] = s.Demand
		last = max(last, s.Day)
	}
	c := &faultyChain{features: []string{"price", "promotion"}}
	for _, p := range plans {
		if n := len(c.series); n == 0 || c.series[n-1].item != p.Item || c.series[n-1].store != p.Store {
			c.series = append(c.series, &faultySeries{item: p.Item, store: p.Store})
		}
		s := c.series[len(c.series)-1]
		r := dayRow{
			day: time.Unix(int64(p.Day)*86400, 0).UTC().Format(time.DateOnly), demand: "none",
			price: textOf(p.Price), promotion: textOf(p.Promotion), receipts: "100", inStock: "1",
		}
		if y, ok := sold[fmt.Sprint(p.Item, p.Store, p.Day)]; ok {
			r.demand, r.receipts = textOf(y), textOf(2.5*y)
		}
		if p.Day <= last {
			r.footfall = textOf(float64(len(s.rows) % 9))
		}
		s.rows = append(s.rows, r)
		if !slices.Contains(c.items, p.Item) {
			c.items = append(c.items, p.Item)
		}
		if !slices.Contains(c.stores, p.Store) {
			c.stores = append(c.stores, p.Store)
		}
	}
	return c
}

// smooth returns series that run over the whole history, sell every day and have a price that changes.
func (c *faultyChain) smooth() (list []*faultySeries) {
	for _, s := range c.series {
		prices := map[string]bool{}
		good := len(s.rows) == faultPeriods+28
		for _, r := range s.rows {
			prices[r.price] = true
		}
		sold := 0.0
		for _, r := range s.history() {
			if good = good && r.demand != "none" && numberOf(r.demand) > 0; good {
				sold += numberOf(r.demand)
			}
		}
		good = good && sold > 5*faultPeriods
		if good && len(prices) > 1 {
			list = append(list, s)
		}
	}
	return list
}

// audit writes the chain as files and returns the findings on them.
func (c *faultyChain) audit(t *testing.T) []audit.Finding {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tts"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	targets := make([]strings.Builder, faultFiles)
	var related strings.Builder
	related.WriteString("item_id,store_id,timestamp," + strings.Join(c.features, ",") + "\n")
	row := 0
	for _, s := range c.series {
		for i, r := range s.rows {
			if r.demand != "none" {
				fmt.Fprintf(&targets[row%faultFiles], "%s,%s,%s,%s\n", s.item, s.store, r.day, r.demand)
				row++
			}
			if i > 0 && s.rows[i-1].day == r.day {
				continue // the second of a day is one of the target alone
			}
			fmt.Fprintf(&related, "%s,%s,%s", s.item, s.store, r.day)
			for _, f := range c.features {
				related.WriteString("," + map[string]string{"price": r.price, "promotion": r.promotion, "footfall": r.footfall, "receipts": r.receipts, "in_stock": r.inStock}[f])
			}
			related.WriteByte('\n')
		}
	}
	for i := range targets {
		write(fmt.Sprintf("tts/part-%05d.csv", i), header+targets[i].String())
	}
	write("rts.csv", related.String())
	write("items.csv", "item_id,brand\n"+strings.Join(c.items, ",x\n")+",x\n")
	write("stores.csv", "store_id,region\n"+strings.Join(c.stores, ",x\n")+",x\n")
	write("c.yaml", "input: {target: [tts], related: [rts.csv], items: items.csv, stores: stores.csv, max_reject_share: 0.001}\nforecast: {horizon: 28}\n")
	mustRun(t, nil, "audit", "--config", filepath.Join(dir, "c.yaml"), "--json", filepath.Join(dir, "out.json"), "--fail-on", "never")
	text, err := os.ReadFile(filepath.Join(dir, "out.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Findings []audit.Finding }
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out.Findings
}
