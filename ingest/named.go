package ingest

import (
	"strings"

	"shelfcast/engine/demand"
)

// Named names the first ten series, in the order of keys, in which there is something that an Audit counts, and the first
// ten rows of metadata, in the order of files, that nothing uses.
type Named struct {
	Filled     []string `json:"filled,omitempty"`      // series with periods of FilledMiddle and FilledBack, with the first, the last and their number
	NullDemand []string `json:"null_demand,omitempty"` // the same of NullDemand
	Censored   []string `json:"censored,omitempty"`    // the same of Censored, as far as a feature tells of it
	NoItem     []string `json:"no_item,omitempty"`     // series
	NoStore    []string `json:"no_store,omitempty"`    // series
	NoSeries   Unused   `json:"no_series"`             // rows of metadata
}

// Unused are rows of metadata that no series of the target uses.
type Unused struct {
	Items  []string `json:"items,omitempty"`
	Stores []string `json:"stores,omitempty"`

	// Variants are those among them whose key is that of the target but for case or blanks.
	Variants []Variant `json:"variants,omitempty"`
	Differ   int64     `json:"differ,omitempty"` // how many such there are
}

// Variant is a row of metadata that looks as if it were meant for an item or a store of the target.
type Variant struct {
	Where  string `json:"where"` // file and line
	Column string `json:"column"`
	Has    string `json:"has"`
	Target string `json:"target"`
}

func nameOne(list *[]string, text string) {
	if len(*list) < keysListed {
		*list = append(*list, text)
	}
}

// nameHole adds the text of h to list, where there is something in h and room for it.
func nameHole(list *[]string, h *hole, cal demand.Calendar) {
	if h.values > 0 && len(*list) < keysListed {
		*list = append(*list, h.text(cal))
	}
}

// FoldKey returns what two keys have in common that differ by case or blanks alone.
func FoldKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
