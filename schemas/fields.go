package schemas

import "github.com/apache/arrow/go/v14/arrow"

// Label is the Arrow type of a key and of a metadata attribute: text, stored once and referred to by number.
var Label = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// BusinessTime is the Arrow type of a timestamp: seconds since 1970-01-01 00:00 on the shop's clock. It names no zone.
var BusinessTime = &arrow.TimestampType{Unit: arrow.Second}

func label(name string) arrow.Field {
	return arrow.Field{Name: name, Type: Label, Nullable: true}
}

func moment(name string) arrow.Field {
	return arrow.Field{Name: name, Type: BusinessTime, Nullable: true}
}

func measure(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
}

func schema(name, version string, fields ...arrow.Field) *arrow.Schema {
	meta := arrow.MetadataFrom(map[string]string{NameKey: name, VersionKey: version})
	return arrow.NewSchema(fields, &meta)
}
