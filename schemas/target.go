package schemas

import "github.com/apache/arrow/go/v14/arrow"

// TargetVersion is the version of the schema of Target.
const TargetVersion = "1"

// Target returns the schema of the target time series: item_id, store_id, timestamp, demand. A null demand was not
// observed; an empty key or a null timestamp marks a row that cannot be used. Without stores there is no store_id.
func Target(stores bool) *arrow.Schema {
	return schema("target", TargetVersion, append(keys(stores), moment(Timestamp), measure(Demand))...)
}

func keys(stores bool) []arrow.Field {
	if stores {
		return []arrow.Field{label(ItemID), label(StoreID)}
	}
	return []arrow.Field{label(ItemID)}
}
