package gather

import (
	"errors"
	"fmt"

	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// WriteMetadata writes items.parquet and stores.parquet: for each name in keys what item
// or store gives for it. A name that they do not know is an error.
func WriteMetadata[I, S any](b *layout.Builder, keys []demand.Key, item func(id string) (I, bool), store func(id string) (S, bool)) error {
	return errors.Join(writeNames(b, layout.ItemsFile, Items(keys), item), writeNames(b, layout.StoresFile, Stores(keys), store))
}

func writeNames[T any](b *layout.Builder, name string, ids []string, of func(id string) (T, bool)) error {
	rows := make([]T, len(ids))
	for i, id := range ids {
		var known bool
		if rows[i], known = of(id); !known {
			return fmt.Errorf("write %s: the files say nothing of %s, which has sales; get them anew", name, id)
		}
	}
	return layout.WriteAll(b, name, rows)
}

// In looks metadata up by name, for WriteMetadata.
func In[T any](rows map[string]T) func(id string) (T, bool) {
	return func(id string) (T, bool) {
		row, ok := rows[id]
		return row, ok
	}
}

// Item and Store are the metadata of what has no attributes.
type (
	Item struct {
		ID string `parquet:"item_id"`
	}
	// Store is described at Item.
	Store struct {
		ID string `parquet:"store_id"`
	}
)

// BareItem and BareStore give metadata without attributes, for WriteMetadata.
func BareItem(id string) (Item, bool) { return Item{id}, true }

// BareStore is described at BareItem.
func BareStore(id string) (Store, bool) { return Store{id}, true }
