package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

const quotedRecords = 8192 // records in a piece of a file with quotes

// csvSource cuts a CSV file into pieces that end with a line. Its methods are called by one worker at a time.
type csvSource struct {
	file   *file
	text   *textReader
	header []string
	carry  []byte // the beginning of a line whose end has not been read
	line   int64  // lines before the next piece
	end    bool
	quoted *csv.Reader // reads the rest of the file from its first quote on; nil before
	base   int64       // lines before those that quoted reads
}

func openCSV(f *file) (*csvSource, error) {
	text, err := openText(f)
	if err != nil {
		return nil, err
	}
	s := &csvSource{file: f, text: text}
	if f.bare {
		s.header = f.header
	}
	return s, nil
}

func (s *csvSource) bytes() int64 { return s.text.bytes }

func (s *csvSource) close() { s.text.Close() }

func (s *csvSource) next(w *worker) (piece, error) {
	p, err := s.cut(w.textBlock())
	if err != nil {
		return nil, err // and no piece: a nil *csvPiece would be a piece that is not nil
	}
	return p, nil
}

// cut returns the next piece, which uses block; io.EOF where there is none.
func (s *csvSource) cut(block []byte) (*csvPiece, error) {
	if s.quoted != nil {
		return s.nextQuoted()
	}
	if s.end {
		return nil, io.EOF
	}
	data, err := s.fill(block)
	if err != nil {
		return nil, err
	}
	if s.line == 0 {
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	if bytes.IndexByte(data, '"') >= 0 {
		return s.startQuoted(data)
	}
	if s.header == nil {
		if data, err = s.readHeader(data); err != nil {
			return nil, err
		}
	}
	p := &csvPiece{source: s, line: s.line + 1, data: data}
	s.line += int64(bytes.Count(data, newline))
	return p, nil
}

var newline = []byte{'\n'}

// fill reads into block and returns its whole lines; at the end of the file all there is.
func (s *csvSource) fill(block []byte) ([]byte, error) {
	n := copy(block, s.carry)
	s.carry = s.carry[:0]
	for n < len(block) {
		read, err := s.text.Read(block[n:])
		n += read
		if errors.Is(err, io.EOF) {
			s.end = true
			return block[:n], s.text.finish()
		}
		if err != nil {
			return nil, s.text.explain(err)
		}
	}
	cut := bytes.LastIndexByte(block[:n], '\n') + 1
	if cut == 0 {
		return nil, s.file.errorf("line %d has more than %d bytes; is this a CSV file?", s.line+1, len(block))
	}
	s.carry = append(s.carry, block[cut:n]...)
	return block[:cut], nil
}

// readHeader takes the header off data.
func (s *csvSource) readHeader(data []byte) ([]byte, error) {
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, newline)
		data = rest
		s.line++
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if bytes.IndexByte(line, '\r') >= 0 {
			return nil, s.file.errorf("lines end with a carriage return alone; end them with a newline")
		}
		if len(line) > 0 {
			s.header = trimAll(strings.Split(string(line), ","))
			return data, nil
		}
	}
	return nil, s.file.errorf("there is no header; name the columns in the first line")
}

func trimAll(names []string) []string {
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
	}
	return names
}

// startQuoted hands data and the rest of the file to encoding/csv. Lines before the first quote are the same records
// either way, and data begins with a whole line.
func (s *csvSource) startQuoted(data []byte) (*csvPiece, error) {
	s.base = s.line
	rest := io.MultiReader(bytes.NewReader(bytes.Clone(data)), bytes.NewReader(s.carry), textTail{s})
	s.quoted = csv.NewReader(rest)
	s.quoted.FieldsPerRecord = -1 // rows of another width are rejects, not the end
	if s.header == nil {
		header, err := s.quoted.Read()
		if err != nil {
			return nil, s.explain(err)
		}
		s.header = trimAll(header)
	}
	return s.nextQuoted()
}

func (s *csvSource) nextQuoted() (*csvPiece, error) {
	p := &csvPiece{source: s}
	for len(p.records) < quotedRecords {
		record, err := s.quoted.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, s.explain(err)
		}
		line, _ := s.quoted.FieldPos(0)
		p.records = append(p.records, record)
		p.lines = append(p.lines, s.base+int64(line))
	}
	if len(p.records) == 0 {
		return nil, io.EOF
	}
	p.line = p.lines[0]
	return p, nil
}

func (s *csvSource) explain(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return s.file.errorf("line %d: %w; mend the quotes", s.base+int64(parse.StartLine), parse.Err)
	}
	if errors.Is(err, io.EOF) {
		return s.file.errorf("there is no header; name the columns in the first line")
	}
	return err
}

// textTail reads the rest of the text of a source for encoding/csv, and finishes its digest at the end.
type textTail struct{ s *csvSource }

func (r textTail) Read(b []byte) (int, error) {
	if r.s.end {
		return 0, io.EOF
	}
	n, err := r.s.text.Read(b)
	if errors.Is(err, io.EOF) {
		r.s.end = true
		if err := r.s.text.finish(); err != nil {
			return n, err
		}
		return n, io.EOF
	}
	if err != nil {
		return n, r.s.text.explain(err)
	}
	return n, nil
}
