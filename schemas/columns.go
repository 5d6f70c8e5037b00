package schemas

// Column names of the tables that are read. Files are matched by them, in any order and without regard to case.
const (
	ItemID    = "item_id"   // what is sold; text, never empty
	StoreID   = "store_id"  // where it is sold; text, never empty where the column is there
	Timestamp = "timestamp" // business time: what the shop's calendar and clock show, without a zone
	Demand    = "demand"    // units sold in the period that the timestamp begins or lies in; zero or more
)

// Metadata keys that every schema carries.
const (
	NameKey    = "shelfcast.schema"  // target, related, items or stores
	VersionKey = "shelfcast.version" // counts the changes to the meaning of a column or to its type
)
