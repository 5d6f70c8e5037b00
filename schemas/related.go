package schemas

import "github.com/apache/arrow/go/v14/arrow"

// RelatedVersion is the version of the schema of Related.
const RelatedVersion = "1"

// Related returns the schema of a related time series: item_id, store_id, further dimensions, timestamp, and one
// number for each feature, both in the order given. A null value is not known. Without stores there is no store_id, and a
// row speaks for its item in every store; so it does for every value of a dimension that is not there.
func Related(stores bool, dimensions, features []string) *arrow.Schema {
	fields := append(keys(stores, dimensions), moment(Timestamp))
	for _, name := range features {
		fields = append(fields, measure(name))
	}
	return schema("related", RelatedVersion, fields...)
}
