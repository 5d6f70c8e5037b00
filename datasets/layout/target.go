package layout

// Target is a row of tts.parquet.
type Target struct {
	ItemID    string  `parquet:"item_id,dict"`
	StoreID   string  `parquet:"store_id,dict"`
	Timestamp int32   `parquet:"timestamp,date,delta"` // days since 1970-01-01
	Demand    float64 `parquet:"demand"`               // units sold that day
}

// Targets writes a part of tts.parquet.
type Targets struct{ table *Table[Target] }

// NewTargets opens a part of tts.parquet.
func NewTargets(b *Builder, p Part) (*Targets, error) {
	t, err := NewTable[Target](b, TargetFile, p)
	if err != nil {
		return nil, err
	}
	return &Targets{t}, nil
}

// Write adds a series: demand[i] units on day first+i, in days since 1970-01-01.
func (t *Targets) Write(item, store string, first int32, demand []float64) error {
	for i, y := range demand {
		if err := t.table.Write(Target{item, store, first + int32(i), y}); err != nil {
			return err
		}
	}
	return nil
}

// Rows returns the number of rows written so far.
func (t *Targets) Rows() int64 { return t.table.Rows() }

// Close writes what is left and closes the file; closing twice, or what was never opened, is harmless.
func (t *Targets) Close() error {
	if t == nil {
		return nil
	}
	return t.table.Close()
}
