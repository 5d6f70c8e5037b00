// Package store is where results rest: Postgres, from the migrations to the one row that publishes a night, and the
// embedded server for those who have no Postgres of their own.
//
// It knows runs, shards, fans and how to write them fast and whole. It does not know how a forecast is made, in which
// order a night goes, or what a command line looks like.
//
// A night writes in four kinds of transaction:
//
//   - [DB.BeginRun] numbers the series and makes the run's own tables, which no reader sees;
//   - [Run.WriteShard] writes the fans of one shard together with its row in the shard ledger, so that a shard is
//     there whole or not at all;
//   - [Run.Publish] checks that all is there, attaches the tables, and then, in one transaction, writes metrics,
//     counts and the row that makes the run the one that stands for its business date;
//   - [Run.Fail] keeps what there is, for [DB.ResumeRun].
//
// Analysts read views, which show published runs only. No view sums a quantile.
package store
