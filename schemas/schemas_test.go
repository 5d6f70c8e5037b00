package schemas

import (
	"testing"

	"github.com/apache/arrow/go/v14/arrow"
	"github.com/google/go-cmp/cmp"
)

func names(s *arrow.Schema) []string {
	var out []string
	for _, f := range s.Fields() {
		out = append(out, f.Name)
	}
	return out
}

func TestEverySchemaHasItsColumnsInOrderAndNamesItsVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		schema  *arrow.Schema
		name    string
		version string
		columns []string
	}{
		{Target(true, nil), "target", TargetVersion, []string{"item_id", "store_id", "timestamp", "demand"}},
		{Target(true, []string{"channel", "size"}), "target", TargetVersion, []string{"item_id", "store_id", "channel", "size", "timestamp", "demand"}},
		{Target(false, nil), "target", TargetVersion, []string{"item_id", "timestamp", "demand"}},
		{Related(true, nil, []string{"price", "promotion"}), "related", RelatedVersion, []string{"item_id", "store_id", "timestamp", "price", "promotion"}},
		{Related(false, []string{"size"}, []string{"price"}), "related", RelatedVersion, []string{"item_id", "size", "timestamp", "price"}},
		{Items([]string{"category"}), "items", MetadataVersion, []string{"item_id", "category"}},
		{Stores([]string{"city", "size"}), "stores", MetadataVersion, []string{"store_id", "city", "size"}},
	} {
		if diff := cmp.Diff(c.columns, names(c.schema)); diff != "" {
			t.Errorf("%s: columns (-want +got):\n%s", c.name, diff)
		}
		meta := c.schema.Metadata()
		if name, _ := meta.GetValue(NameKey); name != c.name {
			t.Errorf("schema is named %q, want %q", name, c.name)
		}
		if version, _ := meta.GetValue(VersionKey); version != c.version {
			t.Errorf("schema %s has version %q, want %q", c.name, version, c.version)
		}
	}
}

func TestBusinessTimeHasNoZone(t *testing.T) {
	t.Parallel()
	field, _ := Target(true, nil).FieldsByName(Timestamp)
	at := field[0].Type.(*arrow.TimestampType)
	if at.TimeZone != "" || at.Unit != arrow.Second {
		t.Errorf("timestamp is %v, want seconds without a zone", at)
	}
}
