package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// copySource cuts the stream of a query into pieces of whole rows. One goroutine reads the stream, as far ahead as one
// piece, and workers decode.
type copySource struct {
	file   *file
	ctx    context.Context
	cancel context.CancelFunc
	pieces chan *copyPiece // nil before the stream is asked for; closed at its end
	free   chan []byte     // blocks that have been decoded
	err    error           // why the stream ended; valid once pieces is closed
	read   int64           // bytes handed out
}

func openCopy(ctx context.Context, f *file) *copySource {
	s := &copySource{file: f, free: make(chan []byte, 1)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	f.sum = &rowSum{}
	return s
}

func (s *copySource) bytes() int64 { return s.read }

func (s *copySource) close() {
	s.cancel()
	if s.pieces == nil {
		return
	}
	for range s.pieces {
		// The stream has ended, and its connection is free, once there are no more.
	}
}

func (s *copySource) next(w *worker) (piece, error) {
	if s.pieces == nil {
		s.pieces = make(chan *copyPiece, 1)
		go s.stream(w.sizing.blockBytes)
	}
	p, more := <-s.pieces
	if more {
		s.read += int64(len(p.data))
		return p, nil
	}
	if s.err != nil {
		return nil, s.file.errorf("%w", s.err)
	}
	s.file.size = s.read
	return nil, io.EOF
}

// stream reads the whole stream.
func (s *copySource) stream(blockBytes int) {
	defer close(s.pieces)
	c := &copyCutter{source: s, blockBytes: blockBytes, fields: len(s.file.query.Columns)}
	if s.err = s.file.query.Copy(s.ctx, c); s.err != nil {
		return
	}
	if !c.ended {
		s.err = errors.New("the stream of rows ends early; run it again")
		return
	}
	s.err = c.flush()
}

// copyCutter takes the bytes of a stream and cuts them where rows end.
//
// The format: https://www.postgresql.org/docs/current/sql-copy.html, Binary Format.
type copyCutter struct {
	source     *copySource
	blockBytes int
	fields     int    // of a row
	buf        []byte // rows, and the beginning of one
	whole      int    // bytes of buf up to the end of its last whole row
	rows       int64  // in buf
	before     int64  // rows handed on before those
	begun      bool   // the header has been read
	ended      bool   // the trailer has been read
}

var copySignature = []byte("PGCOPY\n\xff\r\n\x00")

const (
	copyHeaderBytes = 11 + 4 + 4 // signature, flags, length of what follows in the header
	longestRow      = 64 << 20   // bytes; a row of a thousand times this kind of data
)

// Write takes the next bytes of the stream, which may end anywhere.
func (c *copyCutter) Write(b []byte) (int, error) {
	c.buf = append(c.buf, b...)
	if err := c.advance(); err != nil {
		return 0, err
	}
	if len(c.buf)-c.whole > longestRow {
		return 0, fmt.Errorf("row %d has more than %d MiB; select the columns that are needed, and no others", c.before+c.rows+1, longestRow>>20)
	}
	if c.whole >= c.blockBytes {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// advance moves whole to the end of the last row that has come whole.
func (c *copyCutter) advance() error {
	if !c.begun {
		if done, err := c.header(); !done {
			return err
		}
	}
	for {
		rest := c.buf[c.whole:]
		if c.ended {
			if len(rest) > 0 {
				return errors.New("the stream of rows goes on behind its end")
			}
			return nil
		}
		n, err := rowBytes(rest, c.fields)
		if err != nil {
			return fmt.Errorf("row %d: %w", c.before+c.rows+1, err)
		}
		switch n {
		case 0:
			return nil
		case trailer:
			c.ended = true
			c.buf = append(c.buf[:c.whole], rest[2:]...)
		default:
			c.whole += n
			c.rows++
		}
	}
}

// header takes the header off the stream; false where it has not come whole.
func (c *copyCutter) header() (bool, error) {
	if n := min(len(c.buf), len(copySignature)); !bytes.Equal(c.buf[:n], copySignature[:n]) {
		return false, errors.New("the stream is not in the binary COPY format")
	}
	if len(c.buf) < copyHeaderBytes {
		return false, nil
	}
	flags, more := binary.BigEndian.Uint32(c.buf[11:]), binary.BigEndian.Uint32(c.buf[15:])
	if flags>>16 != 0 || more > longestRow {
		return false, errors.New("the stream has a header of another version of the binary COPY format")
	}
	end := copyHeaderBytes + int(more)
	if len(c.buf) < end {
		return false, nil
	}
	c.buf = append(c.buf[:0], c.buf[end:]...)
	c.begun = true
	return true, nil
}

// trailer stands for the end of the stream in place of the length of a row.
const trailer = -1

// rowBytes returns the length of the row that b begins with, 0 where it is not whole, and trailer at the end.
func rowBytes(b []byte, fields int) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	switch n := int(int16(binary.BigEndian.Uint16(b))); n {
	case trailer:
		return trailer, nil
	case fields:
	default:
		return 0, fmt.Errorf("it has %d fields instead of %d", n, fields)
	}
	at := 2
	for range fields {
		if len(b) < at+4 {
			return 0, nil
		}
		n := int(int32(binary.BigEndian.Uint32(b[at:])))
		if n < -1 {
			return 0, fmt.Errorf("a field has the length %d", n)
		}
		at += 4 + max(n, 0)
	}
	if len(b) < at {
		return 0, nil
	}
	return at, nil
}

// flush hands the whole rows on and keeps what follows them.
func (c *copyCutter) flush() error {
	if c.rows == 0 {
		return nil
	}
	p := &copyPiece{source: c.source, data: c.buf[:c.whole:c.whole], first: c.before, rows: int(c.rows)}
	next := c.source.block(c.blockBytes)
	next = append(next, c.buf[c.whole:]...)
	select {
	case c.source.pieces <- p:
	case <-c.source.ctx.Done():
		return context.Cause(c.source.ctx)
	}
	c.before += c.rows
	c.buf, c.whole, c.rows = next, 0, 0
	return nil
}

// block returns an empty block, one that has been decoded where there is one.
func (s *copySource) block(bytes int) []byte {
	select {
	case b := <-s.free:
		return b[:0]
	default:
		return make([]byte, 0, bytes+bytes/8)
	}
}

// giveBack takes a block that has been decoded.
func (s *copySource) giveBack(b []byte) {
	select {
	case s.free <- b:
	default:
	}
}
