package schemas

import "embed"

// Postgres holds the migrations of the database, postgres/NNNN_title.sql, in the order in which they are applied.
// A migration that has been released is never edited: what it made changes by the next one.
//
//go:embed postgres/*.sql
var Postgres embed.FS
