package ingest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// byChannel reads files whose keys have two further dimensions.
func byChannel(files ...string) Spec {
	s := daily(files...)
	s.Dimensions = []string{"Channel", "size"}
	return s
}

const channelHeader = "item_id,store_id,size,channel,timestamp,demand"

func keyTexts(p *demand.Panel) (out []string) {
	for _, k := range p.Keys {
		out = append(out, k.String())
	}
	return out
}

func TestSeriesThatDifferInADimensionAloneStayApart(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	r := mustRead(t, byChannel(d.csv("t.csv", channelHeader,
		"a,s,L,web,2024-01-01,1", "a,s,L,shop,2024-01-01,2", "a,s,M,web,2024-01-01,3", "a,t,L,web,2024-01-01,4", "b,s,L,web,2024-01-01,5",
		"a,s,L,web,2024-01-02,6", "a,s,L,shop,2024-01-02,7", "a,s,M,web,2024-01-02,8", "a,t,L,web,2024-01-02,9", "b,s,L,web,2024-01-02,10")))
	want := []string{"a@s[channel=shop;size=L]", "a@s[channel=web;size=L]", "a@s[channel=web;size=M]", "a@t[channel=web;size=L]", "b@s[channel=web;size=L]"}
	if diff := cmp.Diff(want, keyTexts(r.Panel)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{2, 7, 1, 6, 3, 8, 4, 9, 5, 10}, r.Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
}

func TestDimensionsMayStandWithoutAStore(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", "item_id,channel,timestamp,demand", "a,web,2024-01-01,1", "a,shop,2024-01-01,2", "a,web,2024-01-02,3", "a,shop,2024-01-02,4"))
	s.Dimensions = []string{"channel"}
	s.Related = []string{d.csv("r.csv", "channel,item_id,timestamp,price", "web,a,2024-01-01,7", "shop,a,2024-01-01,8", "web,a,2024-01-02,7", "shop,a,2024-01-02,8", "web,a,2024-01-03,9", "shop,a,2024-01-03,10")}
	r := mustRead(t, s)
	if diff := cmp.Diff([]string{"a[channel=shop]", "a[channel=web]"}, keyTexts(r.Panel)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{10, 9}, r.Future.X[0].V); diff != "" {
		t.Errorf("price (-want +got):\n%s", diff)
	}
}

// Related rows that lack some of the keys speak for every series that has the others.
func TestRelatedRowsSpeakForAllValuesOfADimensionTheyLack(t *testing.T) {
	t.Parallel()
	for _, lacks := range []string{"", "store_id", "channel", "size", "store_id channel", "channel size", "store_id channel size"} {
		d := newFolder(t)
		target, related := []string{channelHeader}, map[string]float64{}
		var lines []string
		columns := []string{"item_id"}
		for _, c := range []string{"store_id", "channel", "size"} {
			if !strings.Contains(lacks, c) {
				columns = append(columns, c)
			}
		}
		lines = append(lines, strings.Join(columns, ",")+",timestamp,price")
		nameOf := func(item, store, channel, size string) string {
			cells := []string{item}
			for _, c := range columns[1:] {
				cells = append(cells, map[string]string{"store_id": store, "channel": channel, "size": size}[c])
			}
			return strings.Join(cells, ",")
		}
		for _, item := range []string{"a", "b"} {
			for _, store := range []string{"s", "t"} {
				for _, channel := range []string{"web", "shop"} {
					for _, size := range []string{"L", "M"} {
						name := nameOf(item, store, channel, size)
						for day := 1; day <= 3; day++ {
							if day < 3 {
								target = append(target, fmt.Sprintf("%s,%s,%s,%s,2024-01-%02d,1", item, store, size, channel, day))
							}
							at := fmt.Sprintf("%s,2024-01-%02d", name, day)
							if related[at] == 0 {
								related[at] = float64(len(related) + 1)
								lines = append(lines, fmt.Sprintf("%s,%g", at, related[at]))
							}
						}
					}
				}
			}
		}
		s := byChannel(d.csv("t.csv", target...))
		s.Related = []string{d.csv("r.csv", lines...)}
		s.Workers = 3
		r := mustRead(t, s)
		if len(r.Panel.Keys) != 16 || r.Audit.Related.Used != int64(len(lines)-1) {
			t.Fatalf("without %s: %d series, %d of %d related rows used", lacks, len(r.Panel.Keys), r.Audit.Related.Used, len(lines)-1)
		}
		for i, key := range r.Panel.Keys {
			value := dimensionsOf(key)
			name := nameOf(key.Item, key.Store, value["channel"], value["size"])
			got := append(slices.Clone(r.Panel.X[0].V[r.Panel.Off[i]:r.Panel.Off[i+1]]), r.Future.X[0].V[i])
			want := []float64{related[name+",2024-01-01"], related[name+",2024-01-02"], related[name+",2024-01-03"]}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("without %s: %v (-want +got):\n%s", lacks, key, diff)
			}
		}
	}
}

func dimensionsOf(key demand.Key) map[string]string {
	out := map[string]string{}
	for name, value := range key.Dimensions() {
		out[name] = value
	}
	return out
}

func TestDimensionsThatAreMissingOrWrongAreRefused(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	good := []string{channelHeader, "a,s,L,web,2024-01-01,1", "a,s,L,web,2024-01-02,1"}
	wantError(t, byChannel(d.csv("1.csv", header, "a,s,2024-01-01,1")), `column "channel" is missing`)
	wantError(t, daily(d.csv("2.csv", good...)), `column "size" is not expected; the target has item_id, store_id, timestamp, demand; features belong in the related series, and further dimensions are declared (input.dimensions)`)
	wantError(t, byChannel(d.csv("3.csv", append(good, "a,s,,web,2024-01-03,1")...)), "empty_dimension")
	wantError(t, byChannel(d.csv("4.csv", append(good, "a,s,L,w\xffb,2024-01-03,1")...)), "bad_text")
	wantError(t, byChannel(d.csv("7.csv", append(good, "a,s,M,web,2024-01-02,1", "a,s,L,web,2024-01-02,2")...)), ":5; keep one row for each key and time")
	wantError(t, byChannel(d.csv("5.csv", append(good, "a,s,M,web,2024-01-02,1", "a,s,L,web,2024-01-02,2")...)), "two rows for a@s[channel=web;size=L] at 2024-01-02")
	s := byChannel(d.csv("6.csv", good...))
	s.Related = []string{d.csv("r.csv", "item_id,size,timestamp,price", "a,L,2024-01-01,1", "a,M,2024-01-02,1", "a,L,2024-01-02,1", "a,,2024-01-03,1")}
	wantError(t, s, "empty_dimension")
	s.Related = []string{d.csv("r2.csv", "item_id,size,timestamp,price", "a,L,2024-01-01,1", "a,M,2024-01-02,1", "a,L,2024-01-02,1", "a,M,2024-01-02,1", "a,L,2024-01-02,1")}
	wantError(t, s, "two rows for a@s[channel=web;size=L] in the period of 2024-01-02")
	s.Dimensions = []string{"store_id"}
	wantError(t, s, "store_id is no further dimension")
	s.Dimensions, s.TargetSchema = []string{"channel"}, []schemas.Column{{Name: "item_id", As: "item_id"}}
	wantError(t, s, "the schema of the target declares its dimensions, and they are given apart too")
}

func TestASchemaDeclaresDimensions(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", "a,Web,s,2024-01-01,1,L", "a,Web,s,2024-01-02,2,M", "a,Web,s,2024-01-02,3,L"))
	var err error
	s.TargetSchema, err = schemas.AmazonTarget([]byte(`{"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}, {"AttributeName": "Channel", "AttributeType": "string"},
		{"AttributeName": "shop", "AttributeType": "string"}, {"AttributeName": "timestamp", "AttributeType": "timestamp"},
		{"AttributeName": "demand", "AttributeType": "float"}, {"AttributeName": "size", "AttributeType": "string"}]}`), "shop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a@s[channel=Web;size=L]", "a@s[channel=Web;size=M]"}, keyTexts(mustRead(t, s).Panel)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// A target with dimensions is that in which they are part of the item's id, under other names.
func TestDimensionsReadAsTheyWouldInTheItemsID(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(15, 0))
	d := newFolder(t)
	apart, joined := []string{channelHeader}, []string{"item_id,timestamp,demand"}
	relatedApart, relatedJoined := []string{"item_id,store_id,channel,size,timestamp,price"}, []string{"item_id,timestamp,price"}
	for i := range 300 {
		item, store, channel, size := i%3, i/3%2, i/6%4, i/24%5
		for day := 1 + rng.IntN(20); day <= 28; day += 1 + rng.IntN(3) {
			v := rng.IntN(9)
			if i < 120 {
				apart = append(apart, fmt.Sprintf("i%d,s%d,z%d,c%d,2024-01-%02d,%d", item, store, size, channel, day, v))
				joined = append(joined, fmt.Sprintf("i%d|s%d|c%d|z%d,2024-01-%02d,%d", item, store, channel, size, day, v))
			}
		}
		for day := 1; day <= 31 && i < 120; day++ {
			relatedApart = append(relatedApart, fmt.Sprintf("i%d,s%d,c%d,z%d,2024-01-%02d,%d", item, store, channel, size, day, i+day))
			relatedJoined = append(relatedJoined, fmt.Sprintf("i%d|s%d|c%d|z%d,2024-01-%02d,%d", item, store, channel, size, day, i+day))
		}
	}
	want := daily(d.csv("joined.csv", joined...))
	want.Related = []string{d.csv("rjoined.csv", relatedJoined...)}
	w := mustRead(t, want)
	for _, workers := range []int{1, 4} {
		s := byChannel(d.csv("apart.csv", apart...))
		s.Related, s.Workers = []string{d.csv("rapart.csv", relatedApart...)}, workers
		r, err := read(t.Context(), s, sizing{newPool, 700, 64})
		if err != nil {
			t.Fatal(err)
		}
		for i, key := range r.Panel.Keys {
			v := dimensionsOf(key)
			if name := strings.Join([]string{key.Item, key.Store, v["channel"], v["size"]}, "|"); w.Panel.Keys[i].Item != name {
				t.Fatalf("series %d is %v, want %v", i, key, w.Panel.Keys[i])
			}
		}
		options := cmpopts.IgnoreFields(demand.Panel{}, "Keys")
		if diff := cmp.Diff(w.Panel, r.Panel, options, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("panel (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(w.Future.X, r.Future.X, cmpopts.EquateNaNs()); diff != "" || math.IsNaN(r.Future.X[0].V[0]) {
			t.Errorf("future (-want +got):\n%s", diff)
		}
	}
}

// A row of a later import corrects the series of its dimensions and no other, whatever room there is in memory.
func TestDimensionsHoldInImportsPartsAndQueries(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	target := []string{channelHeader}
	related := []string{"item_id,channel,timestamp,price"}
	for day := 1; day <= 20; day++ {
		for _, channel := range []string{"web", "shop"} {
			for _, key := range []string{"a,s,L", "a,s,M", "a,t,L", "b,t,M"} {
				target = append(target, fmt.Sprintf("%s,%s,2024-01-%02d,%d", key, channel, day, len(target)%7))
			}
		}
	}
	for day := 1; day <= 21; day++ {
		for _, channel := range []string{"web", "shop"} {
			related = append(related, fmt.Sprintf("a,%s,2024-01-%02d,%d", channel, day, day), fmt.Sprintf("b,%s,2024-01-%02d,%d", channel, day, day+9))
		}
	}
	s := byChannel(d.csv("1.csv", target...), d.csv("2.csv", channelHeader, "a,s,M,web,2024-01-05,99"))
	s.Related, s.Import = []string{d.csv("r1.csv", related...), d.csv("r2.csv", related[0], "a,shop,2024-01-21,77")}, Incremental
	want := mustRead(t, s)
	corrected := 0
	for i, key := range want.Panel.Keys {
		if y := want.Panel.At(i).Y[4]; y == 99 {
			corrected++
			if key.String() != "a@s[channel=web;size=M]" {
				t.Errorf("%v is corrected", key)
			}
		}
		if shop := key.Item == "a" && dimensionsOf(key)["channel"] == "shop"; (want.Future.X[0].V[i] == 77) != shop {
			t.Errorf("%v: the price ahead is %g", key, want.Future.X[0].V[i])
		}
	}
	if corrected != 1 || want.Audit.Target.Corrected != 1 || want.Audit.Related.Corrected != 1 || len(want.Panel.Keys) != 8 {
		t.Errorf("%d series, %d corrected; audit %+v", len(want.Panel.Keys), corrected, want.Audit.Target)
	}
	got, parts, err := readParts(t, s, oneSeries)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{want.Panel, want.Future, want.Audit.Target, want.Audit.Related}, []any{got.Panel, got.Future, got.Audit.Target, got.Audit.Related}, sameBits); diff != "" || parts < 2 {
		t.Errorf("in %d parts (-want +got):\n%s", parts, diff)
	}

	full := byChannel(d.csv("3.csv", target...))
	want = mustRead(t, full)
	var rows [][]string
	for _, line := range target {
		rows = append(rows, strings.Split(line, ","))
	}
	types := []string{"text", "text", "text", "varchar", "date", "float8"}
	q := byChannel()
	q.Target = nil
	q.Queries.Target = query(rows[0], types, 50, streamOf(rows, types...).bytes())
	if diff := cmp.Diff(want.Panel, mustRead(t, q).Panel, sameBits); diff != "" {
		t.Errorf("by query (-want +got):\n%s", diff)
	}
}
