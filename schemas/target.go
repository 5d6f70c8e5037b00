package schemas

import "github.com/apache/arrow/go/v14/arrow"

// TargetVersion is the version of the schema of Target.
const TargetVersion = "1"

// Target returns the schema of the target time series: item_id, store_id, the further dimensions in the order given,
// timestamp, demand. A null demand was not observed; an empty key or a null timestamp marks a row that cannot be used.
// Without stores there is no store_id.
func Target(stores bool, dimensions []string) *arrow.Schema {
	return schema("target", TargetVersion, append(keys(stores, dimensions), moment(Timestamp), measure(Demand))...)
}

func keys(stores bool, dimensions []string) []arrow.Field {
	fields := []arrow.Field{label(ItemID)}
	if stores {
		fields = append(fields, label(StoreID))
	}
	for _, name := range dimensions {
		fields = append(fields, label(name))
	}
	return fields
}
