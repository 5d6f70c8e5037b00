package ingest

import "errors"

// ErrLate is wrapped where the target ends before Spec.AsOf: the feed has not arrived.
var ErrLate = errors.New("the target is late")
