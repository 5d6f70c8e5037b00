package store

import (
	"context"
	"fmt"
	"time"
)

// Unopened is a night that failed before it became a run: most often its input could not be read.
type Unopened struct {
	BusinessDate time.Time // zero where it was to be the last date of the data
	CodeVersion  string
	ConfigHash   string
	Cause        error
}

// RecordUnopened keeps a row of it for the person who looks in the morning. It works though ctx has ended.
func (db *DB) RecordUnopened(ctx context.Context, u Unopened) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failTimeout)
	defer cancel()
	var date *time.Time
	if !u.BusinessDate.IsZero() {
		day := dateOf(u.BusinessDate)
		date = &day
	}
	_, err := db.pool.Exec(ctx, sqlRecordUnopened, date, u.CodeVersion, u.ConfigHash, readable(oneLine(u.Cause.Error())), hostName())
	if err != nil {
		return fmt.Errorf("record that a night failed: %w", explain(err))
	}
	return nil
}
