package jobs

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"shelfcast/algorithms"
	"shelfcast/engine/demand"
)

// EarlierFits are the fits that an earlier run wrote to a file, to begin at. It holds where in the file each stands, and reads it when
// it is asked for. It is safe for use by several goroutines.
type EarlierFits struct {
	file  *os.File
	where map[fitKey]span

	lock    sync.Mutex
	carried map[string]int // series begun at an earlier fit, by model
	asked   map[string]int // series that were fitted
	broken  int            // fits that could not be read
	why     error          // the first of them
}

type fitKey struct {
	demand.Key
	model string
}

type span struct {
	at     int64
	length int
}

// storedLine is a fitLine as it is read: the fit is decoded by its model.
type storedLine struct {
	Item  string          `json:"item_id"`
	Store string          `json:"store_id"`
	Dims  string          `json:"dimensions"`
	Model string          `json:"model"`
	Fit   json.RawMessage `json:"fit"`
}

// OpenEarlierFits looks through a file that forecast wrote with --fits.
func OpenEarlierFits(name string) (*EarlierFits, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read earlier fits: %w", err)
	}
	e := &EarlierFits{file: f, where: map[fitKey]span{}, carried: map[string]int{}, asked: map[string]int{}}
	if err := e.scan(name); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return e, nil
}

func (e *EarlierFits) scan(name string) error {
	r := bufio.NewReaderSize(e.file, 1<<20)
	at := int64(0)
	for row := 1; ; row++ {
		text, err := r.ReadBytes('\n')
		if len(text) > 0 {
			var line storedLine
			if bad := json.Unmarshal(text, &line); bad != nil {
				return fmt.Errorf("read earlier fits from %s, line %d: %w; give a file that forecast wrote with --fits", name, row, bad)
			}
			if line.Model == "" {
				return fmt.Errorf("read earlier fits from %s, line %d: it names no model; give a file that forecast wrote with --fits", name, row)
			}
			if line.Fit != nil {
				e.where[fitKey{demand.Key{Item: line.Item, Store: line.Store, Dims: line.Dims}, line.Model}] = span{at, len(text)}
			}
			at += int64(len(text))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read earlier fits from %s: %w", name, err)
		}
	}
}

// of returns the fit of a series by a model, nil where there is none or it cannot be read.
func (e *EarlierFits) of(model string, key demand.Key) demand.SeriesFitted {
	where, ok := e.where[fitKey{key, model}]
	if !ok {
		return nil
	}
	text := make([]byte, where.length)
	var line storedLine
	_, err := e.file.ReadAt(text, where.at)
	if err == nil {
		err = json.Unmarshal(text, &line)
	}
	var fit demand.SeriesFitted
	if err == nil {
		fit, err = algorithms.Decode(model, line.Fit)
	}
	if err != nil {
		e.lock.Lock()
		defer e.lock.Unlock()
		if e.broken++; e.why == nil {
			e.why = err
		}
		return nil
	}
	return fit
}

// count adds what became of the fits of a shard.
func (e *EarlierFits) count(model string, fit demand.Fitted) {
	all, ok := fit.(*demand.SeriesFits)
	if !ok {
		return
	}
	e.lock.Lock()
	defer e.lock.Unlock()
	e.carried[model] += all.Carried
	e.asked[model] += len(all.Keys)
}

// notes says what became of the fits.
func (e *EarlierFits) notes() []string {
	var models []string
	for m := range e.asked {
		models = append(models, m)
	}
	slices.Sort(models)
	var out []string
	for _, m := range models {
		out = append(out, fmt.Sprintf("%s: %d of %d series begun at the fits of %s, the others fitted anew", m, e.carried[m], e.asked[m], e.file.Name()))
	}
	if e.broken > 0 {
		out = append(out, fmt.Sprintf("%d fits of %s could not be read, the first because: %s", e.broken, e.file.Name(), firstLine(e.why)))
	}
	return out
}

// Close closes the file.
func (e *EarlierFits) Close() error { return e.file.Close() }
