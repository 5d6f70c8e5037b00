package ingest

import (
	"testing"

	"shelfcast/schemas"
)

func TestWhatEveryColumnIsReadAsIsShown(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(d.csv("t.csv", "SKU,shop,channel,Timestamp,demand", "a,s,web,2024-01-01,1", "a,s,web,2024-01-02,2"))
	s.Columns = map[string]string{"item_id": "sku", "store_id": "shop"}
	s.Dimensions = []string{"channel"}
	s.Related = []string{
		d.csv("r1.csv", "sku,timestamp,sell_price,Promo,note", "a,2024-01-01,1,0,x", "a,2024-01-02,1,0,x", "a,2024-01-03,1,0,x"),
		d.csv("r2.csv", "sku,channel,timestamp,rain", "a,web,2024-01-01,1", "a,web,2024-01-02,1", "a,web,2024-01-03,1"),
	}
	s.Features = []Feature{{Name: "sell_price", Role: RoleOf("sell_price")}, {Name: "promo", Role: RoleOf("promo")}, {Name: "rain", Role: RoleOf("rain")}}
	s.Items = d.csv("i.csv", "sku,Brand,channel", "a,x,y")
	s.Stores = d.csv("s.csv", "shop,city", "s,c")
	r := mustRead(t, s)
	for name, want := range map[string]string{
		"target":  "SKU → item_id, shop → store_id, channel: dimension, Timestamp, demand",
		"related": "sku → item_id, channel: dimension, timestamp, sell_price: price, Promo: promotion, rain: weather; not read: note",
		"items":   "sku → item_id, Brand, channel",
		"stores":  "shop → store_id, city",
	} {
		for in, a := range r.Audit.Inputs() {
			if got := a.Shown(); in == name && got != want {
				t.Errorf("%s is shown as\n%s, want\n%s", name, got, want)
			}
		}
	}
}

func TestAFileWithoutAHeaderIsShownAsSuch(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	columns := []schemas.Column{{Name: "item_id", As: "item_id"}, {Name: "timestamp", As: "timestamp"}, {Name: "target_value", As: "demand"}}
	bare := d.csv("bare.csv", "a,2024-01-01,1", "a,2024-01-02,2")
	named := d.csv("named.csv", "price,target_value,timestamp,item_id", "7,1,2024-01-03,a")
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{bare}, "item_id, timestamp, target_value → demand; no header: in the order of the schema"},
		{[]string{bare, named}, "item_id, timestamp, target_value → demand; not read: price; 1 of 2 files without a header, in the order of the schema"},
	} {
		s := daily(c.files...)
		s.TargetSchema = columns
		if got := mustRead(t, s).Audit.Target.Shown(); got != c.want {
			t.Errorf("%v is shown as\n%s, want\n%s", c.files, got, c.want)
		}
	}
}
