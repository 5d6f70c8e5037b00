// Package datasets lists the public data sets that this build can import, and imports them by name. The data itself is
// never part of the build: each set says where it can be had, and under whose terms.
package datasets

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shelfcast/datasets/layout"
	"shelfcast/datasets/m5"
	"shelfcast/datasets/storeitem"
	"shelfcast/engine/nearest"
)

// Set is a public data set.
type Set struct {
	Name  string   // by which it is imported
	Title string   // one line
	Where string   // the address it can be had from
	Terms string   // who owns it and what that means for its user
	Files []string // what its importer reads; each may have .gz or .zst after its name

	read func(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error)
}

// ErrUnknown is the error of a name that no set has.
var ErrUnknown = errors.New("no such data set")

// List returns the sets of this build by name.
func List() []Set {
	return []Set{
		{
			Name:  "m5",
			Title: "M5 competition: Walmart, 30,490 item-stores, daily 2011-01-29 to 2016-05-22, with prices and events",
			Where: m5.Where,
			Terms: "owned by Walmart and given out for the competition; its rules apply, and it may not be passed on",
			Files: []string{m5.EvaluationFile + " or " + m5.ValidationFile, m5.CalendarFile, m5.PricesFile},
			read:  m5.Import,
		},
		{
			Name:  "store_item_demand",
			Title: "Kaggle store item demand: 500 item-stores, daily 2013-01-01 to 2017-12-31",
			Where: storeitem.Where,
			Terms: "given out by Kaggle for the challenge; its rules apply, and it may not be passed on",
			Files: []string{storeitem.TrainFile},
			read:  storeitem.Import,
		},
	}
}

// Import reads the files of the named set in the folder from and writes them as the data set out, in the form of package
// layout. It returns an error that wraps ErrUnknown for a name that no set has, and one that wraps fs.ErrNotExist, names
// the file and says where to get it, for a file that is missing. After an error there is no folder out.
func Import(ctx context.Context, name, from, out string, o layout.Options) (*layout.Summary, error) {
	var names []string
	for _, s := range List() {
		if s.Name == name {
			return s.read(ctx, from, out, o)
		}
		names = append(names, s.Name)
	}
	hint := ""
	if like := nearest.Name(name, names); like != "" {
		hint = "did you mean " + like + "? "
	}
	return nil, fmt.Errorf("import %q: %w; %sthis build has %s", name, ErrUnknown, hint, strings.Join(names, ", "))
}
