// Package ingest reads files into a panel: CSV (plain, gzip, zstd) and Parquet become Arrow record batches with the
// schemas of package schemas, and the batches become one demand.Panel and one demand.Future, with an audit of every row.
//
// It knows formats, keys, calendars and which rows can be used. It knows nothing of models, and writes nothing.
//
// # Steps
//
//	list      patterns and folders → files, in the order that they are read
//	columns   headers and footers → which column of which file is what; structural faults end the read here
//	decode    pieces of files → record batches, on as many workers as asked
//	stage     target batches → compact chunks; the Arrow memory goes back
//	shape     chunks → the panel: keys sorted, all series ending together, gaps filled
//	scatter   related batches → straight into the columns of the panel and of the future
//	code      metadata → static attributes
//
// The result does not depend on the number of workers, on the order of columns, on the format or on how rows are split
// over files. Where several rows share a period their demand is added in file order.
package ingest
