package store

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"shelfcast/schemas"
)

const versionTable = schemaName + ".schema_version"

// Migrate brings the schema up to what this program needs. Several may call it at once: one applies, the others wait.
// It refuses with ErrSchemaNewer a database that a newer program has migrated.
func (db *DB) Migrate(ctx context.Context) error {
	current, newest, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	switch {
	case current > newest:
		return fmt.Errorf("migrate the database: %w: its schema is version %d, this program knows up to %d; install the newer program", ErrSchemaNewer, current, newest)
	case current == newest:
		return nil
	}
	if err := db.migrate(ctx); err != nil {
		return fmt.Errorf("migrate the database from schema version %d to %d: %w", current, newest, err)
	}
	return nil
}

func (db *DB) migrate(ctx context.Context) error {
	if err := db.createSchema(ctx); err != nil {
		return err
	}
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks each second, for five minutes
	if err != nil {
		return err
	}
	sqldb := stdlib.OpenDBFromPool(db.pool)
	defer sqldb.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, sqldb, migrations(), goose.WithTableName(versionTable), goose.WithSessionLocker(one))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func migrations() fs.FS {
	sub, err := fs.Sub(schemas.Postgres, "postgres")
	if err != nil {
		panic(err) // the path is a constant and valid
	}
	return sub
}

// createSchema makes the schema under a lock, since "create schema if not exists" fails where two run at once.
func (db *DB) createSchema(ctx context.Context) error {
	return db.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1, $2)", int32(lockSpace), int32(lockSchema)); err != nil {
			return err
		}
		var exists bool
		if err := tx.QueryRow(ctx, "select to_regnamespace($1) is not null", schemaName).Scan(&exists); err != nil || exists {
			return err
		}
		_, err := tx.Exec(ctx, "create schema "+schemaName)
		return err
	})
}

// SchemaVersion returns the version of the database's schema, 0 where there is none, and the newest that this program
// knows.
func (db *DB) SchemaVersion(ctx context.Context) (current, newest int64, err error) {
	files, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range files {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, fmt.Errorf("read the migrations of this program: %w", err)
		}
		newest = max(newest, v)
	}
	err = db.pool.QueryRow(ctx, "select coalesce(max(version_id), 0) from "+versionTable+" where is_applied").Scan(&current)
	if state := sqlState(err); state == codeUndefinedTable || state == codeUndefinedSchema {
		return 0, newest, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema version of the database: %w", err)
	}
	return current, newest, nil
}

// CheckSchema returns ErrNotMigrated or ErrSchemaNewer where the database does not have the schema that this program
// needs.
func (db *DB) CheckSchema(ctx context.Context) error {
	current, newest, err := db.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case current < newest:
		return fmt.Errorf("check the database: %w: its schema is version %d, this program needs %d; run shelfcast db migrate", ErrNotMigrated, current, newest)
	case current > newest:
		return fmt.Errorf("check the database: %w: its schema is version %d, this program knows up to %d; install the newer program", ErrSchemaNewer, current, newest)
	}
	return nil
}
