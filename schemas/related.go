package schemas

import "github.com/apache/arrow/go/v14/arrow"

// RelatedVersion is the version of the schema of Related.
const RelatedVersion = "1"

// Related returns the schema of a related time series: item_id, store_id, timestamp, and one number for each feature,
// in the order given. A null value is not known. Without stores there is no store_id, and a row speaks for its item in
// every store.
func Related(stores bool, features []string) *arrow.Schema {
	fields := append(keys(stores), moment(Timestamp))
	for _, name := range features {
		fields = append(fields, measure(name))
	}
	return schema("related", RelatedVersion, fields...)
}
