package ingest

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// What a page of a column may take. Writers make pages of about a megabyte; a page that says more of itself is damaged, and
// the library would make room for whatever it says.
const (
	largestPage   = 128 << 20 // bytes, packed or not
	longestPage   = 1 << 25   // values
	longestHeader = 1 << 20   // bytes, with the statistics
	usualHeader   = 1 << 10
)

// checkPages walks over the headers of the pages of a column chunk, in a file of that size, and reports one that cannot be
// right before room is made for it.
func checkPages(raw io.ReaderAt, size int64, c *format.ColumnMetaData) error {
	at := c.DataPageOffset
	if c.DictionaryPageOffset > 0 && c.DictionaryPageOffset < at {
		at = c.DictionaryPageOffset
	}
	end := at + c.TotalCompressedSize
	if at < 0 || end < at || end > size {
		return fmt.Errorf("its pages lie from byte %d to byte %d of a file of %d", at, end, size)
	}
	for values := int64(0); values < c.NumValues && at < end; {
		header, length, err := pageHeader(raw, at, end)
		if err != nil {
			return fmt.Errorf("the page at byte %d has no header: %w", at, err)
		}
		n := valuesOf(header)
		at += length + int64(header.CompressedPageSize)
		if header.CompressedPageSize < 0 || at > end || header.UncompressedPageSize > largestPage || n < 0 || n > longestPage {
			return fmt.Errorf("the page before byte %d has %d bytes, %d unpacked, and %d values; a page has at most %d bytes and %d values",
				at, header.CompressedPageSize, header.UncompressedPageSize, n, largestPage, longestPage)
		}
		if header.Type != format.DictionaryPage {
			values += int64(n)
		}
	}
	return nil
}

// pageHeader reads the header at a place and returns its length too.
func pageHeader(raw io.ReaderAt, at, end int64) (header *format.PageHeader, length int64, err error) {
	for room := min(int64(usualHeader), end-at); ; room = min(room*32, end-at) {
		block := make([]byte, room)
		if _, err := raw.ReadAt(block, at); err != nil {
			return nil, 0, err
		}
		reader := (&thrift.CompactProtocol{}).NewReaderFromBytes(block)
		header = &format.PageHeader{}
		if err = thrift.NewDecoder(reader).Decode(header); err == nil {
			return header, int64(reader.BytesRead()), nil
		}
		if room == end-at || room >= longestHeader {
			return nil, 0, err
		}
	}
}

func valuesOf(h *format.PageHeader) int32 {
	switch {
	case h.Type == format.DictionaryPage:
		return h.DictionaryPageHeader.V.NumValues
	case h.Type == format.DataPageV2:
		return h.DataPageHeaderV2.V.NumValues
	}
	return h.DataPageHeader.V.NumValues
}
