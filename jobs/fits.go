package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"

	"shelfcast/engine/demand"
)

// fitLine is one line of a file of fits.
type fitLine struct {
	Item  string              `json:"item_id"`
	Store string              `json:"store_id"`
	Dims  string              `json:"dimensions,omitempty"`
	Model string              `json:"model"`
	Fit   demand.SeriesFitted `json:"fit,omitempty"`
	Error string              `json:"error,omitempty"` // why there is no fit
}

// fitLines appends to lines[i] the fit of series i as a line of JSON. A model that does not fit series by series has none.
func fitLines(lines []bytes.Buffer, model string, fitted demand.Fitted) error {
	all, ok := fitted.(*demand.SeriesFits)
	if !ok {
		return nil
	}
	for i, key := range all.Keys {
		line := fitLine{Item: key.Item, Store: key.Store, Dims: key.Dims, Model: model, Fit: all.Fits[i]}
		if all.Fits[i] == nil {
			line.Error = firstLine(all.Why[i])
		}
		if err := json.NewEncoder(&lines[i]).Encode(line); err != nil {
			return fmt.Errorf("write the fit of %v by %s: %w", key, model, err)
		}
	}
	return nil
}
