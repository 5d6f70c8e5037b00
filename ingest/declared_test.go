package ingest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/schemas"
)

func amazonTarget(t testing.TB, text string) []schemas.Column {
	t.Helper()
	columns, err := schemas.AmazonTarget([]byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

const customSchema = `{"Attributes": [{"AttributeName": "timestamp", "AttributeType": "timestamp"}, {"AttributeName": "target_value", "AttributeType": "float"},
	{"AttributeName": "item_id", "AttributeType": "string"}, {"AttributeName": "location", "AttributeType": "string"}]}`

func TestFilesWithoutAHeaderAreReadInTheOrderOfTheSchema(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	want := mustRead(t, daily(d.csv("header.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-02,2", "b,t,2024-01-02,3")))
	for name, lines := range map[string][]string{
		"bare":              {"2024-01-01,1,a,s", "2024-01-02 00:00:00,2,a,s", "2024-01-02,3,b,t"},
		"quoted":            {`"2024-01-01","1","a","s"`, "2024-01-02,2,a,s", "2024-01-02,3,b,t"},
		"with a header":     {"item_id,location,timestamp,target_value", "a,s,2024-01-01,1", "a,s,2024-01-02,2", "b,t,2024-01-02,3"},
		"with more columns": {"item_id,price,location,Timestamp,Target_Value", "a,7,s,2024-01-01,1", "a,x,s,2024-01-02,2", "b,,t,2024-01-02,3"},
	} {
		s := daily(d.csv(name+"/t.csv", lines...))
		s.TargetSchema = amazonTarget(t, customSchema)
		got := mustRead(t, s)
		if diff := cmp.Diff(want.Panel, got.Panel); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got.Audit.Target.Rows != 3 {
			t.Errorf("%s: %d rows, want 3", name, got.Audit.Target.Rows)
		}
	}
}

func TestABareFileMayBeCompressedAndStandBesideOneWithAHeader(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	d.write("t/1.csv.gz", gzipOf(t, []byte("2024-01-01,1,a,s\n2024-01-03,1,a,s\n")))
	d.csv("t/2.csv", "timestamp,target_value,item_id,location", "2024-01-02,2,a,s")
	s := daily(d.path + "/t")
	s.TargetSchema = amazonTarget(t, customSchema)
	if diff := cmp.Diff([]float64{1, 2, 1}, mustRead(t, s).Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
}

func TestFilesThatDoNotFitTheirSchemaAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, want string }{
		{"2024-01-01,1,a", "the first line has 3 fields and names none of the 4 columns that the schema declares"},
		{"timestamp,target_value,item_id,place", `column "location", which the schema declares, is missing; the file has timestamp, target_value, item_id, place`},
		{"a,s,2024-01-01,1", "bad_timestamp"}, // another order than the schema's
	} {
		s := daily(newFolder(t).csv("t.csv", c.line, "2024-01-02,1,a,s"))
		s.TargetSchema = amazonTarget(t, customSchema)
		wantError(t, s, c.want)
	}
}

func TestColumnsMayHaveOtherNames(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", "SKU,shop,day,units", "a,s,2024-01-01,1", "a,s,2024-01-02,2"))
	s.Related = []string{d.csv("r.csv", "shop,sku,day,price", "s,a,2024-01-01,1", "s,a,2024-01-02,1", "s,a,2024-01-03,5")}
	s.Columns = map[string]string{"item_id": "sku", "store_id": "Shop", "timestamp": "day", "demand": "units"}
	r := mustRead(t, s)
	if r.Panel.Keys[0].String() != "a@s" || r.Panel.Y[1] != 2 || r.Future.X[0].V[0] != 5 {
		t.Errorf("panel %v, future %v", r.Panel, r.Future)
	}
	s.Columns["price"] = "cost"
	wantError(t, s, `"price" is none of the columns that may have another name`)
	delete(s.Columns, "price")
	s.Target = []string{d.csv("t2.csv", "SKU,item_id,shop,day,units", "a,a,s,2024-01-01,1")}
	wantError(t, s, `column "item_id" is there twice`)
}

// The samples come with the schemas that their columns say.
func TestAmazonForecastSamplesAreReadUnchanged(t *testing.T) {
	t.Parallel()
	attribute := func(name, typ string) string {
		return `{"AttributeName": "` + name + `", "AttributeType": "` + typ + `"}`
	}
	schema := func(attributes ...string) []byte {
		return []byte(`{"Attributes": [` + strings.Join(attributes, ",") + `]}`)
	}
	item, store := attribute("item_id", "string"), attribute("store_id", "string")
	when, units, price := attribute("timestamp", "timestamp"), attribute("demand", "float"), attribute("price", "float")
	sample := func(name string) string { return realData(t, "amazon_forecast_samples/"+name+".csv.gz") }

	s := Spec{Target: []string{sample("consumer_electronics_TTS")}, Related: []string{sample("consumer_electronics_RTS")}, Freq: parseFreq(t, "M"), Horizon: 3, StrictRelated: true}
	var err, err2 error
	s.TargetSchema, err = schemas.AmazonTarget(schema(item, store, when, units), "")
	s.RelatedSchema, err2 = schemas.AmazonRelated(schema(item, store, when, price), "", nil)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	r := mustRead(t, s)
	if a := r.Audit; a.Target.Used != 36000 || a.Related.Used != 40500 || a.Series != 1500 || a.FilledMiddle+a.FilledBack != 0 || a.NullFeatures != 0 {
		t.Errorf("audit %+v", a)
	}
	if cal := r.Panel.Cal; cal.Format(r.Panel.First()) != "2017-10-01" || cal.Format(r.Panel.End-1) != "2019-09-01" || r.Future.H != 3 || countNaN(r.Future.X[0].V) != 0 {
		t.Errorf("from %s to %s, %d periods ahead", cal.Format(r.Panel.First()), cal.Format(r.Panel.End-1), r.Future.H)
	}

	// The demand and the price of one file, each under its schema.
	both := sample("product_demand")
	s = Spec{Target: []string{both}, Related: []string{both}, Freq: parseFreq(t, "M"), Horizon: 3, HistoryOnly: true, StrictRelated: true}
	s.TargetSchema, err = schemas.AmazonTarget(schema(item, when, units), "")
	s.RelatedSchema, err2 = schemas.AmazonRelated(schema(item, when, price), "", nil)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if a := mustRead(t, s).Audit; a.Target.Used != 7200 || a.Related.Used != 7200 || a.Series != 300 {
		t.Errorf("audit %+v", a)
	}
}

// The filling samples leave 500 and more demands and prices empty.
func TestAmazonForecastFillingSamplesGetWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	s := Spec{
		Target:  []string{realData(t, "amazon_forecast_samples/filling_options_tts.csv.gz")},
		Related: []string{realData(t, "amazon_forecast_samples/filling_options_rts.csv.gz")},
		Freq:    parseFreq(t, "M"), Horizon: 3, HistoryOnly: true,
	}
	raw := mustRead(t, s)
	for _, rules := range [][2]string{{"zero", "zero"}, {"nan", "max"}, {"median", "mean"}, {"min", "median"}, {"mean", "min"}} {
		s.Filling = map[string]Filling{
			"demand": {Middle: fillOf(t, rules[0]), Back: fillOf(t, rules[1])},
			"price":  {Middle: fillOf(t, "median"), Back: fillOf(t, rules[1]), Future: fillOf(t, "mean")},
		}
		r := mustRead(t, s)
		filled := 0
		for i, key := range r.Panel.Keys {
			y := raw.Panel.At(i).Y
			want := plainFill(y, lastKnown(y), rules[0], rules[1])
			if diff := cmp.Diff(want, r.Panel.At(i).Y, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-14, 0)); diff != "" {
				t.Fatalf("%v, %v: demand (-want +got):\n%s", rules, key, diff)
			}
			x := raw.Panel.At(i).X[0].V
			if want := plainFill(x, lastKnown(x), "median", rules[1]); cmp.Diff(want, r.Panel.At(i).X[0].V, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-14, 0)) != "" {
				t.Fatalf("%v, %v: price %v, want %v", rules, key, r.Panel.At(i).X[0].V, want)
			}
			filled += countNaN(y) - countNaN(want)
		}
		if marked := len(slices.DeleteFunc(slices.Clone(r.Panel.Filled), func(f bool) bool { return !f })); marked != filled || filled == 0 {
			t.Errorf("%v: %d cells marked as filled, want %d", rules, marked, filled)
		}
		t.Logf("%v: %d filled, %d in front", rules, filled, r.Audit.NullDemand)
	}
}
