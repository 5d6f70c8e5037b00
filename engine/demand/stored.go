package demand

import (
	"encoding/json"
	"fmt"
)

// StoredFit is a fit that can tell whether it is whole, which one that was read from outside may not be.
type StoredFit[T any] interface {
	*T
	SeriesFitted
	Check() error
}

// DecodeFit reads a fit of the named model that encoding/json wrote.
func DecodeFit[T any, F StoredFit[T]](model string, data []byte) (SeriesFitted, error) {
	fit := F(new(T))
	if err := json.Unmarshal(data, fit); err != nil {
		return nil, fmt.Errorf("read a fit of %s: %w", model, err)
	}
	if err := fit.Check(); err != nil {
		return nil, fmt.Errorf("read a fit of %s: %w; fit the series again", model, err)
	}
	return fit, nil
}
