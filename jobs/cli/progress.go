package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"shelfcast/jobs"
)

// newProgress returns a bar with an ETA where w is a terminal, and plain log lines elsewhere.
func newProgress(w io.Writer, log *slog.Logger) jobs.Progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &barProgress{w: w}
	}
	return &logProgress{log: log, now: time.Now}
}

// barProgress draws one bar a phase.
type barProgress struct {
	w   io.Writer
	bar *progressbar.ProgressBar
}

func (p *barProgress) Phase(name string, total int64) {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
	if total == 0 {
		total = -1 // a spinner
	}
	p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(fmt.Sprintf("%-8s", name)),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}

func (p *barProgress) Done(units int64) { _ = p.bar.Set64(units) }

// logEvery is the shortest time between two lines about one phase.
const logEvery = 10 * time.Second

// logProgress writes a line when a phase has ended and one now and then while it lasts, so that a command that fails at
// once says nothing but why.
type logProgress struct {
	log         *slog.Logger
	now         func() time.Time
	name        string
	total       int64
	begun, last time.Time
}

func (p *logProgress) Phase(name string, total int64) {
	now := p.now()
	if p.name != "" {
		p.log.Info(p.name, "took", now.Sub(p.begun).Round(time.Millisecond))
	}
	p.name, p.total, p.begun, p.last = name, total, now, now
}

func (p *logProgress) Done(units int64) {
	now := p.now()
	if now.Sub(p.last) < logEvery || p.total <= 0 || units <= 0 {
		return
	}
	p.last = now
	share := float64(units) / float64(p.total)
	eta := time.Duration(float64(now.Sub(p.begun)) * (1 - share) / share).Round(time.Second)
	p.log.Info(p.name, "done", units, "of", p.total, "eta", eta)
}
