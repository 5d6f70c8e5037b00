package schemas

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// relatedAlone is AmazonRelated for a target without a schema.
func relatedAlone(text []byte, store string) ([]Column, error) {
	return AmazonRelated(text, store, nil)
}

// schemaOf writes a schema of attributes such as "item_id string".
func schemaOf(attributes ...string) []byte {
	var list []string
	for _, a := range attributes {
		name, typ, _ := strings.Cut(a, " ")
		list = append(list, fmt.Sprintf(`{"AttributeName": %q, "AttributeType": %q}`, name, typ))
	}
	return []byte(`{"Attributes": [` + strings.Join(list, ", ") + `]}`)
}

func repeat(n int, format string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return out
}

func TestASchemaSaysWhatEachColumnIsReadAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		parse func([]byte, string) ([]Column, error)
		text  []byte
		store string
		want  []Column
	}{
		{
			"retail", AmazonTarget, schemaOf("item_id string", "timestamp timestamp", "demand float", "location string"), "",
			[]Column{{"item_id", ItemID}, {"timestamp", Timestamp}, {"demand", Demand}, {"location", StoreID}},
		},
		{
			"custom, without a dimension", AmazonTarget, schemaOf("timestamp timestamp", "target_value integer", "item_id string"), "",
			[]Column{{"timestamp", Timestamp}, {"target_value", Demand}, {"item_id", ItemID}},
		},
		{
			"metrics", AmazonTarget, schemaOf("metric_name string", "timestamp timestamp", "metric_value float"), "",
			[]Column{{"metric_name", ItemID}, {"timestamp", Timestamp}, {"metric_value", Demand}},
		},
		{
			"a metric besides the item", AmazonTarget, schemaOf("metric_name string", "item_id string", "timestamp timestamp", "target_value float", "shop string"), "shop",
			[]Column{{"metric_name", "metric_name"}, {"item_id", ItemID}, {"timestamp", Timestamp}, {"target_value", Demand}, {"shop", StoreID}},
		},
		{
			"as the service describes a data set", AmazonTarget,
			[]byte(`{"DatasetArn": "arn", "Domain": "RETAIL", "DataFrequency": "D", "Schema": ` + string(schemaOf("item_id string", "timestamp timestamp", "demand float")) + `, "Status": "ACTIVE"}`), "",
			[]Column{{"item_id", ItemID}, {"timestamp", Timestamp}, {"demand", Demand}},
		},
		{
			"store named", AmazonTarget, schemaOf("item_id string", "shop string", "timestamp timestamp", "demand float"), "Shop",
			[]Column{{"item_id", ItemID}, {"shop", StoreID}, {"timestamp", Timestamp}, {"demand", Demand}},
		},
		{
			"related", relatedAlone, schemaOf("item_id string", "shop string", "timestamp timestamp", "price float", "promo integer"), "",
			[]Column{{"item_id", ItemID}, {"shop", StoreID}, {"timestamp", Timestamp}, {"price", "price"}, {"promo", "promo"}},
		},
		{
			"related, without the dimension", relatedAlone, schemaOf("item_id string", "timestamp timestamp", "price float"), "shop",
			[]Column{{"item_id", ItemID}, {"timestamp", Timestamp}, {"price", "price"}},
		},
		{
			"several dimensions, one of them store_id", AmazonTarget, schemaOf("channel string", "item_id string", "Store_ID string", "spot geolocation", "timestamp timestamp", "demand float"), "",
			[]Column{{"channel", "channel"}, {"item_id", ItemID}, {"Store_ID", StoreID}, {"spot", "spot"}, {"timestamp", Timestamp}, {"demand", Demand}},
		},
		{
			"several dimensions, the store named", AmazonTarget, schemaOf("item_id string", "channel string", "shop string", "timestamp timestamp", "demand float"), "Shop",
			[]Column{{"item_id", ItemID}, {"channel", "channel"}, {"shop", StoreID}, {"timestamp", Timestamp}, {"demand", Demand}},
		},
		{
			"several dimensions and no store", AmazonTarget, schemaOf("item_id string", "channel string", "size string", "timestamp timestamp", "demand float"), "",
			[]Column{{"item_id", ItemID}, {"channel", "channel"}, {"size", "size"}, {"timestamp", Timestamp}, {"demand", Demand}},
		},
		{
			"items", func(b []byte, _ string) ([]Column, error) { return AmazonItems(b) }, schemaOf("item_id string", "brand string", "size float"), "",
			[]Column{{"item_id", ItemID}, {"brand", "brand"}, {"size", "size"}},
		},
	} {
		got, err := c.parse(c.text, c.store)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestASchemaThatAmazonForecastWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	items := func(b []byte, _ string) ([]Column, error) { return AmazonItems(b) }
	keys := []string{"item_id string", "timestamp timestamp"}
	with := func(more ...string) []byte { return schemaOf(append(keys[:2:2], more...)...) }
	for _, c := range []struct {
		parse func([]byte, string) ([]Column, error)
		text  []byte
		want  string
	}{
		{AmazonTarget, []byte(`{"attributes`), "it is no schema of Amazon Forecast"},
		{AmazonTarget, []byte(`{"Attributes": [], "More": 1}`), "unknown field"},
		{AmazonTarget, []byte(`{"Attributes": []}`), "the schema has no attributes"},
		{AmazonTarget, []byte(`{"Schema": {"Attributes": [], "More": 1}}`), "unknown field"},
		{AmazonTarget, []byte(`{"Attributes": [], "Schema": {}}`), "unknown field"},
		{AmazonTarget, append(with("demand float"), "{}"...), "there is more behind the schema"},
		{AmazonTarget, with("demand float", "1st string"), `attribute 4 is named "1st"`},
		{AmazonTarget, with("demand float", "a-b string"), `named "a-b"`},
		{AmazonTarget, with("demand float", strings.Repeat("a", 64)+" string"), "at most 63"},
		{AmazonTarget, with("demand float", "Item_ID string"), "attribute Item_ID is there twice"},
		{AmazonTarget, with("demand text"), `attribute demand has the type "text"`},
		{AmazonTarget, with(), "0 attributes are a target"},
		{AmazonTarget, with("demand float", "target_value float"), "2 attributes are a target"},
		{AmazonTarget, with("demand float", "price float"), "numbers beside the target belong in the related time series"},
		{AmazonTarget, with("demand string"), "0 attributes are a target"},
		{AmazonTarget, with(append(repeat(11, "d%d string"), "demand float")...), "11 dimensions besides the item; 10 is the most"},
		{AmazonTarget, schemaOf("timestamp timestamp", "demand float"), "0 attributes are the item_id"},
		{AmazonTarget, schemaOf("item_id string", "demand float"), "0 attributes are the timestamp"},
		{relatedAlone, with("location string"), "0 attributes are numbers"},
		{relatedAlone, with(repeat(14, "f%d float")...), "14 attributes are numbers; related time series have from 1 to 13"},
		{items, schemaOf(append(repeat(10, "a%d string"), "item_id string")...), "11 attributes; item metadata have at most 10"},
		{items, schemaOf("item_id string", "since timestamp"), "attribute since is a timestamp"},
		{items, schemaOf("brand string"), "0 attributes are the item_id"},
	} {
		if columns, err := c.parse(c.text, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, error %v, want %q", c.text, columns, err, c.want)
		}
	}
	if _, err := AmazonTarget(with("demand float", "location string"), "shop"); err == nil || !strings.Contains(err.Error(), `no dimension is named "shop"`) {
		t.Errorf("error %v", err)
	}
	if _, err := AmazonTarget(with("demand float", "store_id string", "shop string"), "shop"); err == nil || !strings.Contains(err.Error(), "dimension store_id has the name of another column") {
		t.Errorf("error %v", err)
	}
	// As many as are allowed.
	if _, err := AmazonTarget(with(append(repeat(10, "d%d string"), "demand float")...), ""); err != nil {
		t.Error(err)
	}
	if _, err := relatedAlone(with(repeat(13, "f%d float")...), ""); err != nil {
		t.Error(err)
	}
	if _, err := AmazonItems(schemaOf(append(repeat(9, "a%d string"), "item_id string")...)); err != nil {
		t.Error(err)
	}
}

func TestDimensionsOfARelatedSchemaAreWhatTheyAreInTheTarget(t *testing.T) {
	t.Parallel()
	target, err := AmazonTarget(schemaOf("item_id string", "shop string", "channel string", "timestamp timestamp", "demand float"), "shop")
	if err != nil {
		t.Fatal(err)
	}
	read := func(dimensions ...string) ([]Column, error) {
		return AmazonRelated(schemaOf(append([]string{"item_id string", "timestamp timestamp", "price float"}, dimensions...)...), "", target)
	}
	for _, c := range []struct{ dimensions, as []string }{
		{nil, nil},
		{[]string{"channel string"}, []string{"channel"}}, // the only one, and not the store
		{[]string{"Channel string", "Shop string"}, []string{"Channel", StoreID}},
	} {
		got, err := read(c.dimensions...)
		if err != nil {
			t.Errorf("%v: %v", c.dimensions, err)
			continue
		}
		for i, as := range c.as {
			if got[3+i].As != as {
				t.Errorf("%v: read as %v, want %v", c.dimensions, got, c.as)
			}
		}
	}
	if _, err := read("size string"); err == nil || !strings.Contains(err.Error(), "dimension size is not in the schema of the target") {
		t.Errorf("error %v", err)
	}
}

func TestNamesThatAreNoDimensionAreRefused(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		"11 dimensions besides item_id and store_id; 10 is the most": repeat(11, "d%d"),
		`dimension 1 is named "a b"`:                                 {"a b"},
		"store_id is no further dimension":                           {"size", "Store_ID"},
		"demand is no further dimension":                             {"demand"},
		"dimension SIZE is there twice":                              {"size", "SIZE"},
	} {
		if err := CheckDimensions(names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", names, err, want)
		}
	}
	if err := CheckDimensions(repeat(10, "d%d")); err != nil {
		t.Error(err)
	}
}

func FuzzAmazonSchema(f *testing.F) {
	f.Add(schemaOf("item_id string", "timestamp timestamp", "demand float", "location string"), "location")
	f.Add(schemaOf("item_id string", "timestamp timestamp", "price float"), "")
	f.Add(schemaOf("item_id string", "brand string"), "")
	f.Add([]byte(`{"Attributes": [{"AttributeName": "item_id"}]}`), "")
	f.Add([]byte(`[]`), "x")
	f.Add([]byte(`{"DatasetName": "d", "Schema": {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]}}`), "")
	f.Add(schemaOf("item_id string", "metric_name string", "Store_ID string", "spot geolocation", "timestamp timestamp", "value integer"), "spot")
	f.Fuzz(func(t *testing.T, text []byte, store string) {
		for _, parse := range []func([]byte, string) ([]Column, error){
			AmazonTarget, relatedAlone, func(b []byte, _ string) ([]Column, error) { return AmazonItems(b) },
		} {
			columns, err := parse(text, store)
			if err != nil {
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("the error has two lines: %q", err)
				}
				continue
			}
			seen := map[string]bool{}
			for _, c := range columns {
				if c.As == "" || seen[c.As] {
					t.Errorf("%s: column %v is read as nothing, or as what another is", text, c)
				}
				seen[c.As] = true
			}
		}
	})
}
