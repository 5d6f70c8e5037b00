package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"shelfcast/schemas"
)

// Column is a column of the files of an input, and what it was read as.
type Column struct {
	Name string `json:"name"` // in the files or, where they have no header, in the schema
	As   string `json:"as"`   // item_id, store_id, timestamp, demand, or the name of a dimension, a feature or an attribute; empty where it was not read
	Role string `json:"role"` // key, dimension, demand, attribute, the role of a feature, or not read
}

const notRead = "not read"

// columns returns the columns of the files, each once: the keys, the demand, the features in the order of the panel, the
// others by name, last those that were not read.
func (r *reader) columns(in string, files []*file) []Column {
	var all []Column
	for _, f := range files {
		for i, as := range f.header {
			c := Column{Name: as, As: as, Role: r.role(in, as)}
			if f.written != nil {
				c.Name = f.written[i]
			}
			if c.Role == notRead {
				c.As = ""
			}
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	order := r.order()
	slices.SortFunc(all, func(a, b Column) int {
		return cmp.Or(cmp.Compare(rank(order, a), rank(order, b)), strings.Compare(fold(a.Name), fold(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return all
}

// order lists what columns can be read as besides attributes.
func (r *reader) order() []string {
	order := slices.Concat([]string{schemas.ItemID, schemas.StoreID}, r.spec.dimensions(), []string{schemas.Timestamp, schemas.Demand})
	for _, f := range r.features {
		order = append(order, fold(f.Name))
	}
	return order
}

// rank returns where a column stands among others.
func rank(order []string, c Column) int {
	at := slices.Index(order, fold(c.As))
	switch {
	case c.Role == notRead:
		return len(order) + 1
	case c.Role == "attribute" || at < 0:
		return len(order)
	}
	return at
}

// role returns the role of the column of an input that is read under a name.
func (r *reader) role(in, as string) string {
	isMetadata := in == itemMetadata.in || in == storeMetadata.in
	switch name := fold(as); {
	case name == "":
		return notRead
	case in == itemMetadata.in && name == itemMetadata.key, in == storeMetadata.in && name == storeMetadata.key:
		return "key"
	case isMetadata:
		return "attribute"
	case name == schemas.Demand:
		return "demand"
	case slices.Contains(targetColumns, name):
		return "key"
	case slices.Contains(r.spec.dimensions(), name):
		return "dimension"
	}
	for _, f := range r.features {
		if strings.EqualFold(f.Name, as) {
			return f.Role.String()
		}
	}
	return notRead
}

// Shown says in one line what the columns of the files were read as: sku → item_id, timestamp, unit_price: price. What a
// dimension or a feature is stands behind it.
func (in Input) Shown() string {
	var read, left []string
	for _, c := range in.Columns {
		if c.Role == notRead {
			left = append(left, c.Name)
			continue
		}
		text := c.As
		if fold(c.Name) != fold(c.As) {
			text = c.Name + " → " + c.As
		}
		if !slices.Contains([]string{"key", "demand", "attribute"}, c.Role) {
			text += ": " + c.Role
		}
		read = append(read, text)
	}
	line := strings.Join(read, ", ")
	if len(left) > 0 {
		line += "; not read: " + listed(left)
	}
	switch in.Bare {
	case 0:
	case len(in.Files):
		line += "; no header: in the order of the schema"
	default:
		line += fmt.Sprintf("; %d of %d files without a header, in the order of the schema", in.Bare, len(in.Files))
	}
	return line
}
