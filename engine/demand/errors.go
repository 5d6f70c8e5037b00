package demand

import (
	"context"
	"errors"
)

// Errors by which a caller decides what to do with a series.
var (
	ErrNoData    = errors.New("no observation")               // nothing was observed before the origin
	ErrTooShort  = errors.New("too few observations")         // fewer than the method needs
	ErrNotUsable = errors.New("the fan is not usable")        // not finite, negative or crossing
	ErrPanic     = errors.New("the model stopped in a panic") // a fault in the method
)

// Reason returns the code under which err is counted and stored: panic, no_data, too_short, not_usable, timeout,
// cancelled, or model_error for anything else. A nil error has the code "". Of several joined errors the first in this
// order speaks, so that a fault in a method does not hide behind a series that was also too short for its fallback.
func Reason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrPanic):
		return "panic"
	case errors.Is(err, ErrNoData):
		return "no_data"
	case errors.Is(err, ErrTooShort):
		return "too_short"
	case errors.Is(err, ErrNotUsable):
		return "not_usable"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return "model_error"
}
