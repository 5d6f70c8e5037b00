package jobs

import (
	"context"

	"shelfcast/ingest"
)

// Source gives the inputs that come from a database.
type Source interface {
	// Open returns them, all as of one moment. The caller calls done once it has read them.
	Open(ctx context.Context) (queries ingest.Queries, done func() error, err error)
}
