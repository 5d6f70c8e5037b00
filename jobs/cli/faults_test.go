package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
	features      []string           // that are written
	at            map[*dayRow]string // file and line of each row of the target
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
// whether a night is refused for it, and what an example of it says. In that, {s} stands for the series, {9} for the day of
// its row 9, counted from 0, and {file 9} for the file and the line of that row. A count of 0 stands for any.
var plantedFaults = []struct {
	code  string
	count int64
	fatal bool
	names string
	plant func(c *faultyChain, s *faultySeries)
}{
	{"D001", 1, true, "two rows for {s} at {50}: ", func(_ *faultyChain, s *faultySeries) { s.rows = slices.Insert(s.rows, 50, s.rows[50]) }},
	{"D002", 3, false, "{s} from {100} to {101} (2): no row", func(_ *faultyChain, s *faultySeries) { // and the day of the rejected row
		s.eachDay(100, 102, func(r *dayRow) { r.demand = "none" })
	}},
	{"D003", 3, false, "{s} from {100} to {101} (2): the demand is empty", func(_ *faultyChain, s *faultySeries) { // and the day of the return
		s.eachDay(100, 102, func(r *dayRow) { r.demand = "" })
	}},
	{"D004", 1, false, `"sku0003": the same as "SKU0003"`, func(c *faultyChain, s *faultySeries) {
		twin := &faultySeries{item: strings.ToLower(s.item), store: s.store, rows: slices.Clone(s.rows)}
		c.series, c.items = append(c.series, twin), append(c.items, twin.item)
	}},
	{"V001", 1, false, `{file 200}: demand "-3"`, func(_ *faultyChain, s *faultySeries) { s.rows[200].demand = "-3" }},
	{"R001", 1, false, `{file 200}:  "more than 4 fields": field_count`, func(_ *faultyChain, s *faultySeries) { s.rows[200].demand = "12,5" }},
	{"V002", 1, false, "{s} at {100}: the first sale", func(_ *faultyChain, s *faultySeries) { s.scale(0, 100, 0) }},
	{"V003", 1, false, "{s} at {200}: ", func(_ *faultyChain, s *faultySeries) { s.scale(200, 201, 60) }},
	{"V004", 1, false, "{s} at {200}: from", func(_ *faultyChain, s *faultySeries) { s.scale(200, faultPeriods, 3.3) }},
	{"V005", 1, false, "{s} at {200}: from", func(_ *faultyChain, s *faultySeries) { s.scale(200, faultPeriods, 100) }},
	{"V006", 16, false, "{s} at {300}: nothing sold until {313}", func(_ *faultyChain, s *faultySeries) { // and two of the days that lose their row
		s.scale(300, 314, 0)
	}},
	{"S001", 1, false, "{s} at {299}: the last sale", func(_ *faultyChain, s *faultySeries) { s.scale(300, faultPeriods, 0) }},
	{"S002", 1, false, "{s} at {0}: it has 10 periods", func(_ *faultyChain, s *faultySeries) { s.rows = s.rows[faultPeriods-10:] }},
	{"P001", 1, false, "{s} at {0}: 3 for 400 periods", func(_ *faultyChain, s *faultySeries) {
		s.eachDay(0, len(s.rows), func(r *dayRow) { r.price, r.promotion = "3", "0" })
	}},
	{"P002", 2, false, "{s} at {70}: the price is 0", func(_ *faultyChain, s *faultySeries) { s.eachDay(70, 72, func(r *dayRow) { r.price = "0" }) }},
	{"P003", 1, false, "{s} at {9}: 40 of 40 promoted", func(_ *faultyChain, s *faultySeries) {
		for i := range s.rows {
			s.rows[i].price, s.rows[i].promotion = textOf(2+float64(i/90)), textOf(float64(i%10/9))
		}
	}},
	{"P004", 1, false, "{s} at {200}: from", func(_ *faultyChain, s *faultySeries) {
		s.eachDay(200, len(s.rows), func(r *dayRow) { r.price = textOf(100 * numberOf(r.price)) })
	}},
	{"C001", 3, false, "{s} from {60} to {62} (3): no value", func(_ *faultyChain, s *faultySeries) {
		s.eachDay(60, 63, func(r *dayRow) { r.price = "" })
	}},
	{"C002", 1, true, "by series: {s} at {427} (1)", func(_ *faultyChain, s *faultySeries) { s.rows[len(s.rows)-1].price = "" }},
	{"L001", 0, true, "footfall is historical: it has no value after {399}", func(c *faultyChain, _ *faultySeries) { c.features = append(c.features, "footfall") }},
	{"L002", 0, false, "receipts: its changes have a correlation of 0.97", func(c *faultyChain, _ *faultySeries) { c.features = append(c.features, "receipts") }},
	{"M001", 8, false, "{s}: the items have no row for it", func(c *faultyChain, s *faultySeries) {
		c.items = slices.DeleteFunc(c.items, func(i string) bool { return i == s.item })
	}},
	{"M003", 1, false, "items.csv:77: ghost", func(c *faultyChain, _ *faultySeries) { c.items = append(c.items, "ghost") }},
	// Of 75 series and the twin.
	{"M002", 76, false, "@ST007: the stores have no row for it", func(c *faultyChain, _ *faultySeries) {
		c.stores = slices.DeleteFunc(c.stores, func(s string) bool { return s == "ST007" })
	}},
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
	fatal, planted := map[string]bool{}, map[string]bool{}
	for i, p := range plantedFaults {
		p.plant(c, smooth[i])
		fatal[p.code], planted[p.code] = p.fatal, true
	}
	found := c.audit(t)
	for i, p := range plantedFaults {
		more := countOf(found, p.code) - countOf(before, p.code)
		if more != p.count && (p.count > 0 || more == 0) {
			t.Errorf("%s: %d are counted more than without the fault, want %d", p.code, more, p.count)
		}
		if want := c.says(p.names, smooth[i]); !named(found, p.code, want) {
			t.Errorf("%s: no example says %q", p.code, want)
		}
	}
	for _, f := range found {
		if f.Severity == audit.Error && !fatal[f.Code] || !planted[f.Code] {
			t.Errorf("%s, %v, is found, and no such fault was planted: %+v", f.Code, f.Severity, f)
		}
	}
	for _, f := range before {
		if f.Severity == audit.Error {
			t.Errorf("without a fault, %s is an error: %+v", f.Code, f)
		}
		t.Logf("without a fault: %v %s, %d of %d %s", f.Severity, f.Code, f.Count, f.Of, f.Unit)
	}
	t.Logf("%d faults in %d series and %d files", len(plantedFaults), len(c.series), faultFiles)

	documented := documentedFindings(t)
	for code := range planted {
		if documented[code] == "" {
			t.Errorf("%s is not documented", code)
		}
	}
	if len(documented) != len(planted)+1 { // V007, below
		t.Errorf("%d codes are documented, and %d planted", len(documented), len(planted)+1)
	}
	for _, f := range found {
		row := documented[f.Code]
		if !strings.Contains(row, f.Severity.String()) || f.Code != "C001" && !strings.Contains(row, f.Decides) {
			t.Errorf("%s, %v, which %s decides, is documented as %q", f.Code, f.Severity, f.Decides, row)
		}
	}

	// Sold-out periods that a feature tells of are a chain of their own: where there is such a feature, none are proposed.
	clean.features = append(clean.features, "in_stock")
	clean.series[7].eachDay(20, 23, func(r *dayRow) { r.inStock = "0.5" })
	found = clean.audit(t)
	if got := countOf(found, "V007"); got != 3 || countOf(found, "V006") != 0 {
		t.Errorf("V007: %d, want 3; V006: %d, want none", got, countOf(found, "V006"))
	}
	if want := clean.says("{s} from {20} to {22} (3): stock ran out", clean.series[7]); !named(found, "V007", want) {
		t.Errorf("V007: no example says %q", want)
	}
}

// documentedFindings returns the row of each code in the table of findings.
func documentedFindings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../engine/docs/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if code := strings.Trim(strings.SplitN(line+"||", "|", 3)[1], " "); len(code) == 4 && code != "code" {
			rows[code] = line
		}
	}
	return rows
}

func countOf(findings []audit.Finding, code string) (n int64) {
	for _, f := range findings {
		if f.Code == code {
			n += f.Count
		}
	}
	return n
}

// named reports whether an example of a code says a text.
func named(findings []audit.Finding, code, text string) bool {
	return slices.ContainsFunc(findings, func(f audit.Finding) bool {
		return f.Code == code && slices.ContainsFunc(f.Examples, func(e audit.Example) bool { return strings.Contains(e.Where+": "+e.Text, text) })
	})
}

var place = regexp.MustCompile(`\{(s|(file )?[0-9]+)\}`)

// says fills in what a text says about a series.
func (c *faultyChain) says(text string, s *faultySeries) string {
	return place.ReplaceAllStringFunc(text, func(m string) string {
		m = strings.Trim(m, "{}")
		if m == "s" {
			return s.item + "@" + s.store
		}
		number, file := strings.CutPrefix(m, "file ")
		i, err := strconv.Atoi(number)
		if err != nil {
			panic(err)
		}
		if file {
			return c.at[&s.rows[i]]
		}
		return s.rows[i].day
	})
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
	targets, lines := make([]strings.Builder, faultFiles), make([]int, faultFiles)
	c.at = map[*dayRow]string{}
	var related strings.Builder
	related.WriteString("item_id,store_id,timestamp," + strings.Join(c.features, ",") + "\n")
	row := 0
	for _, s := range c.series {
		for i, r := range s.rows {
			if r.demand != "none" {
				fmt.Fprintf(&targets[row%faultFiles], "%s,%s,%s,%s\n", s.item, s.store, r.day, r.demand)
				lines[row%faultFiles]++
				c.at[&s.rows[i]] = fmt.Sprintf("part-%05d.csv:%d", row%faultFiles, lines[row%faultFiles]+1)
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
