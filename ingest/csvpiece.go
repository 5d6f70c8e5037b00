package ingest

import "bytes"

// csvPiece is a run of whole lines, either as bytes without quotes or as records.
type csvPiece struct {
	source  *csvSource
	line    int64 // of its first line, from 1
	data    []byte
	records [][]string
	lines   []int64 // of each record
}

// cutLine returns the line that data begins with, and its length with its end.
func cutLine(data []byte) (text []byte, n int) {
	text, n = data, len(data)
	if end := bytes.IndexByte(data, '\n'); end >= 0 {
		text, n = data[:end], end+1
	}
	return bytes.TrimSuffix(text, []byte{'\r'}), n
}

// each calls row with the fields and the line of each row until row returns false. The fields are valid during the call.
// Fields beyond one more than width may be left uncut.
func (p *csvPiece) each(width int, row func(cells [][]byte, line int64) bool) {
	cells := make([][]byte, width+1)
	if p.records != nil {
		p.eachRecord(cells, row)
		return
	}
	line := p.line
	for data := p.data; len(data) > 0; line++ {
		text, n := cutLine(data)
		if data = data[n:]; len(text) > 0 && !row(split(cells, text), line) {
			return
		}
	}
}

// split cuts a line without quotes at its commas, into at most len(cells) fields.
func split(cells [][]byte, line []byte) [][]byte {
	n := 0
	for n < len(cells)-1 {
		comma := bytes.IndexByte(line, ',')
		if comma < 0 {
			break
		}
		cells[n], line = line[:comma], line[comma+1:]
		n++
	}
	cells[n] = line
	return cells[:n+1]
}

func (p *csvPiece) eachRecord(cells [][]byte, row func(cells [][]byte, line int64) bool) {
	var text []byte
	for i, record := range p.records {
		text, cells = text[:0], cells[:0]
		for _, cell := range record {
			text = append(text, cell...)
		}
		rest := text
		for _, cell := range record {
			cells, rest = append(cells, rest[:len(cell)]), rest[len(cell):]
		}
		if !row(cells, p.lines[i]) {
			return
		}
	}
}
