package forecastfile

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
)

// unfinished is a hidden file that gets its name when it is whole.
type unfinished struct {
	name string
	temp *os.File
}

func begin(name string) (*unfinished, error) {
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return &unfinished{name, temp}, nil
}

// finish gives the file its name.
func (u *unfinished) finish() error {
	if err := u.temp.Chmod(0o644); err != nil {
		return err
	}
	if err := u.temp.Close(); err != nil {
		return err
	}
	return os.Rename(u.temp.Name(), u.name)
}

// Abort removes what was written. It may follow Close, and then does nothing.
func (u *unfinished) Abort() {
	u.temp.Close()
	os.Remove(u.temp.Name())
}

// fail removes the file where err is an error, and says so.
func (u *unfinished) fail(err error) error {
	if err == nil {
		return nil
	}
	u.Abort()
	return fmt.Errorf("write %s: %w; nothing was left there, free some space or mend the folder and run again", u.name, err)
}

// Lines is a text file that gets its name when it is whole.
type Lines struct {
	*unfinished
	out *bufio.Writer
}

// CreateLines begins a text file.
func CreateLines(name string) (*Lines, error) {
	u, err := begin(name)
	if err != nil {
		return nil, err
	}
	return &Lines{u, bufio.NewWriterSize(u.temp, 1<<16)}, nil
}

// Write appends whole lines. After an error the file is gone and must not be used again.
func (l *Lines) Write(lines []byte) (int, error) {
	n, err := l.out.Write(lines)
	return n, l.fail(err)
}

// Close completes the file and gives it its name.
func (l *Lines) Close() error {
	err := l.out.Flush()
	if err == nil {
		err = l.finish()
	}
	return l.fail(err)
}
