package schemas

import "github.com/apache/arrow/go/v14/arrow"

// MetadataVersion is the version of the schemas of Items and Stores.
const MetadataVersion = "1"

// Items returns the schema of item metadata: item_id and one label for each attribute, in the order given. An empty
// label is not known.
func Items(attributes []string) *arrow.Schema {
	return schema("items", MetadataVersion, described(ItemID, attributes)...)
}

// Stores returns the schema of store metadata: store_id and one label for each attribute, in the order given. An
// empty label is not known.
func Stores(attributes []string) *arrow.Schema {
	return schema("stores", MetadataVersion, described(StoreID, attributes)...)
}

func described(key string, attributes []string) []arrow.Field {
	fields := []arrow.Field{label(key)}
	for _, name := range attributes {
		fields = append(fields, label(name))
	}
	return fields
}
