package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Column is a column of a file as a schema declares it.
type Column struct {
	Name string // in the header of the file, where it has one
	As   string // what it is read as: ItemID, StoreID, Timestamp, Demand, or the name of a feature or an attribute
}

// Names that the dataset domains of Amazon Forecast give to the item and to the target.
var (
	amazonItems   = []string{"item_id", "metric_name", "instance_type", "workforce_type"}
	amazonTargets = []string{"demand", "target_value", "metric_value", "value", "number_of_instances", "workforce_demand"}
	amazonTypes   = []string{"string", "integer", "float", "timestamp", "geolocation"}
)

// Limits of Amazon Forecast.
const (
	amazonFeatures   = 13 // of a related time series
	amazonAttributes = 9  // of an item
)

type amazonAttribute struct {
	AttributeName string
	AttributeType string
}

// AmazonTarget reads the schema of a target time series as Amazon Forecast takes it:
//
//	{"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}, …]}
//
// It may stand in what the service says of a data set, as its Schema. The columns are in the order of a file without a
// header. Store is the name of the attribute that says the store. Where it
// is "" that is store_id, or the only attribute besides the item, the timestamp and the target; else there is none. Every
// other attribute that is no number is a dimension, and keeps its name.
func AmazonTarget(text []byte, store string) ([]Column, error) {
	attributes, err := parseAmazon(text)
	if err != nil {
		return nil, err
	}
	item := itemOf(attributes)
	var dimensions []string
	columns := make([]Column, len(attributes))
	targets := 0
	for i, a := range attributes {
		columns[i] = Column{Name: a.AttributeName, As: keyOf(a, item)}
		if columns[i].As != "" {
			continue
		}
		if slices.Contains(amazonTargets, strings.ToLower(a.AttributeName)) && isNumber(a) {
			columns[i].As = Demand
			targets++
			continue
		}
		if isNumber(a) {
			return nil, fmt.Errorf("attribute %s is a number and none of %v; numbers beside the target belong in the related time series", a.AttributeName, amazonTargets)
		}
		columns[i].As = a.AttributeName
		dimensions = append(dimensions, a.AttributeName)
	}
	if targets != 1 {
		return nil, fmt.Errorf("%d attributes are a target; a target time series has one number, named one of %v", targets, amazonTargets)
	}
	if len(dimensions) > mostDimensions {
		return nil, fmt.Errorf("%d dimensions besides the item; %d is the most", len(dimensions), mostDimensions)
	}
	if err := nameStore(columns, dimensions, store); err != nil {
		return nil, err
	}
	return columns, requireAs(columns, ItemID, Timestamp)
}

// AmazonStore returns the name of the attribute that says the store in a schema that has been read, or "".
func AmazonStore(columns []Column) string {
	for _, c := range columns {
		if c.As == StoreID {
			return c.Name
		}
	}
	return ""
}

// nameStore makes the dimension with that name the store. Without a name it is store_id, or the only dimension.
func nameStore(columns []Column, dimensions []string, store string) error {
	if store == "" {
		if i := slices.IndexFunc(dimensions, func(d string) bool { return strings.EqualFold(d, StoreID) }); i >= 0 {
			store = dimensions[i]
		} else if len(dimensions) == 1 {
			store = dimensions[0]
		}
	}
	return rename(columns, dimensions, store)
}

// rename makes the dimension of the given name the store; "" leaves all as they are.
func rename(columns []Column, dimensions []string, store string) error {
	found := false
	for i, c := range columns {
		if !slices.Contains(dimensions, c.Name) {
			continue
		}
		switch {
		case store != "" && strings.EqualFold(c.Name, store):
			columns[i].As, found = StoreID, true
		case slices.Contains([]string{ItemID, StoreID, Timestamp, Demand}, strings.ToLower(c.Name)):
			return fmt.Errorf("dimension %s has the name of another column; give it another name", c.Name)
		}
	}
	if store != "" && !found {
		return fmt.Errorf("no dimension is named %q; there are %v", store, dimensions)
	}
	return nil
}

// AmazonRelated reads the schema of a related time series, for a target whose schema is given. Its numbers are features,
// under the names they have. Its dimensions are among those of the target. Without a schema of the target (nil) the store
// is found as AmazonTarget finds it.
func AmazonRelated(text []byte, store string, target []Column) ([]Column, error) {
	attributes, err := parseAmazon(text)
	if err != nil {
		return nil, err
	}
	item := itemOf(attributes)
	columns := make([]Column, len(attributes))
	var dimensions []string
	features := 0
	for i, a := range attributes {
		columns[i] = Column{Name: a.AttributeName, As: keyOf(a, item)}
		if columns[i].As != "" {
			continue
		}
		columns[i].As = a.AttributeName
		if isNumber(a) {
			features++
			continue
		}
		dimensions = append(dimensions, a.AttributeName)
	}
	if features < 1 || features > amazonFeatures {
		return nil, fmt.Errorf("%d attributes are numbers; related time series have from 1 to %d features, integer or float", features, amazonFeatures)
	}
	if err := relatedDimensions(columns, dimensions, store, target); err != nil {
		return nil, err
	}
	return columns, requireAs(columns, ItemID, Timestamp)
}

// relatedDimensions says what the dimensions of a related time series are: what they are in the target.
func relatedDimensions(columns []Column, dimensions []string, store string, target []Column) error {
	if len(dimensions) == 0 {
		return nil // an item has one price in every store
	}
	has := func(name string) bool {
		return slices.ContainsFunc(dimensions, func(d string) bool { return strings.EqualFold(d, name) })
	}
	if target == nil && (store == "" || has(store)) {
		return nameStore(columns, dimensions, store)
	}
	if target == nil {
		return rename(columns, dimensions, "")
	}
	store = AmazonStore(target)
	for _, name := range dimensions {
		if !slices.ContainsFunc(target, func(c Column) bool { return strings.EqualFold(c.Name, name) }) {
			return fmt.Errorf("dimension %s is not in the schema of the target; a related time series has the target's dimensions, or some of them", name)
		}
	}
	if !has(store) {
		store = ""
	}
	return rename(columns, dimensions, store)
}

// AmazonItems reads the schema of item metadata. Every attribute is a category.
func AmazonItems(text []byte) ([]Column, error) {
	attributes, err := parseAmazon(text)
	if err != nil {
		return nil, err
	}
	item := itemOf(attributes)
	columns := make([]Column, len(attributes))
	for i, a := range attributes {
		columns[i] = Column{Name: a.AttributeName, As: a.AttributeName}
		if as := keyOf(a, item); as == ItemID {
			columns[i].As = as
		} else if a.AttributeType == "timestamp" {
			return nil, fmt.Errorf("attribute %s is a timestamp; item metadata do not change with time", a.AttributeName)
		}
	}
	if len(attributes) > amazonAttributes+1 {
		return nil, fmt.Errorf("%d attributes; item metadata have at most %d, the item among them", len(attributes), amazonAttributes+1)
	}
	return columns, requireAs(columns, ItemID)
}

func isNumber(a amazonAttribute) bool {
	return a.AttributeType == "integer" || a.AttributeType == "float"
}

// itemOf returns the folded name of the attribute that says the item: the first of amazonItems that is there.
func itemOf(attributes []amazonAttribute) string {
	for _, name := range amazonItems {
		if slices.ContainsFunc(attributes, func(a amazonAttribute) bool {
			return a.AttributeType == "string" && strings.EqualFold(a.AttributeName, name)
		}) {
			return name
		}
	}
	return ""
}

// keyOf returns the key column that an attribute is, or "".
func keyOf(a amazonAttribute, item string) string {
	switch {
	case a.AttributeType == "timestamp":
		return Timestamp
	case a.AttributeType == "string" && strings.EqualFold(a.AttributeName, item):
		return ItemID
	}
	return ""
}

func requireAs(columns []Column, as ...string) error {
	for _, want := range as {
		n := 0
		for _, c := range columns {
			if c.As == want {
				n++
			}
		}
		if n == 1 {
			continue
		}
		how := map[string]string{ItemID: fmt.Sprintf("a string named one of %v", amazonItems), Timestamp: "of the type timestamp"}[want]
		return fmt.Errorf("%d attributes are the %s; a schema has one, %s", n, want, how)
	}
	return nil
}

// unwrap returns the schema in the description of a data set, which has more fields; other texts as they are.
func unwrap(text []byte) []byte {
	var described struct{ Attributes, Schema json.RawMessage }
	if json.Unmarshal(text, &described) == nil && described.Attributes == nil && described.Schema != nil {
		return described.Schema
	}
	return text
}

// parseAmazon reads the attributes of a schema and checks what holds for all of them.
func parseAmazon(text []byte) ([]amazonAttribute, error) {
	var schema struct{ Attributes []amazonAttribute }
	d := json.NewDecoder(bytes.NewReader(unwrap(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&schema); err != nil {
		return nil, fmt.Errorf("it is no schema of Amazon Forecast: %w; it begins {\"Attributes\": [{\"AttributeName\": …, \"AttributeType\": …}", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the schema; a file holds one")
	}
	if len(schema.Attributes) == 0 {
		return nil, errors.New("the schema has no attributes; list them in the order of the columns")
	}
	seen := map[string]bool{}
	for i, a := range schema.Attributes {
		switch name := strings.ToLower(a.AttributeName); {
		case !soundName(a.AttributeName):
			return nil, fmt.Errorf("attribute %d is named %q; a name begins with a letter, has letters, digits and _, and at most %d of them", i+1, a.AttributeName, longestName)
		case seen[name]:
			return nil, fmt.Errorf("attribute %s is there twice; case does not count", a.AttributeName)
		case !slices.Contains(amazonTypes, a.AttributeType):
			return nil, fmt.Errorf("attribute %s has the type %q; use one of %v", a.AttributeName, a.AttributeType, amazonTypes)
		default:
			seen[name] = true
		}
	}
	return schema.Attributes, nil
}
