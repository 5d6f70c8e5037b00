// Package cli is the command line: commands, flags, progress and wiring. It alone knows both a sink and a Postgres.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"shelfcast/algorithms"
	"shelfcast/jobs"
)

// Exit codes of every command.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitQuarantined = 3 // finished, with more series in quarantine than the configuration allows
)

// commands is the command line.
type commands struct {
	Demo     demoCommand      `cmd:"" help:"Make a synthetic chain, start the embedded Postgres, run a whole night, and print what to look at."`
	Run      runCommand       `cmd:"" help:"Run one night."`
	Schedule scheduleCommand  `cmd:"" help:"Run a night whenever the configuration's cron line says so, one at a time, and catch up a missed date once."`
	Forecast forecastCommand  `cmd:"" help:"Forecast files into a file, without a database."`
	Evaluate evaluateCommand  `cmd:"" help:"Score models on rolling windows of the past, without a database."`
	Calendar calendarCommand  `cmd:"" help:"Print the days that a configuration knows of: holidays, events, pay days, closings."`
	Audit    auditCommand     `cmd:"" help:"Look for what is wrong with the data, without a forecast."`
	DB       dbCommand        `cmd:"" name:"db" help:"Start, stop and open the embedded Postgres, or the one that DATABASE_URL names."`
	Datasets datasetsCommand  `cmd:"" help:"List, make, import and score data sets."`
	Version  kong.VersionFlag `help:"Print the version and exit."`
}

// session is what every command runs with.
type session struct {
	ctx         context.Context
	program     string // as the user called it
	version     string
	environ     []string
	out, errOut io.Writer
	log         *slog.Logger
}

// errQuarantined ends a command that did its work with exit code 3.
var errQuarantined = errors.New("too many series in quarantine")

// usageError is an error in the values of flags: exit code 2.
type usageError struct{ error }

// Unwrap returns the error itself.
func (e usageError) Unwrap() error { return e.error }

// Main runs the command line and returns its exit code.
func Main(args []string, version string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	s := &session{
		ctx: ctx, program: os.Args[0], version: codeVersion(version), environ: os.Environ(), out: out, errOut: errOut,
		log: slog.New(slog.NewTextHandler(errOut, nil)),
	}
	return s.main(args)
}

// exited is what kong's exit hook panics with: --help and --version have been answered.
type exited int

func (s *session) main(args []string) (code int) {
	defer func() {
		if e := recover(); e != nil {
			asked, ok := e.(exited)
			if !ok {
				panic(e)
			}
			code = int(asked)
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("shelfcast"),
		kong.Description("Demand forecasts for every item in every store, every night. Exit codes: 0 ok, 1 failed, 2 usage, 3 finished with more series in quarantine than allowed."),
		kong.Writers(s.out, s.errOut), kong.Exit(func(n int) { panic(exited(n)) }),
		kong.Vars{"version": s.version, "models": "Names: " + strings.Join(algorithms.Names(), ", ") + "."}, kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return s.fail("build the command line", err)
	}
	parsed, err := parser.Parse(spread(args))
	if err != nil {
		fmt.Fprintf(s.errOut, "shelfcast: %s; see shelfcast --help\n", oneLine(err))
		return exitUsage
	}
	if err := parsed.Run(s); err != nil {
		return s.fail(parsed.Command(), err)
	}
	return exitOK
}

// fail prints err in one line and returns its exit code. What a signal cut short says nothing but that.
func (s *session) fail(command string, err error) int {
	if s.ctx.Err() != nil && !errors.Is(err, jobs.ErrStopped) {
		err = fmt.Errorf("stopped: %w; run the same command again", context.Cause(s.ctx))
	}
	fmt.Fprintf(s.errOut, "shelfcast: %s: %s\n", command, oneLine(err))
	var bad usageError
	switch {
	case errors.Is(err, errQuarantined):
		return exitQuarantined
	case errors.As(err, &bad):
		return exitUsage
	}
	return exitFailed
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// spread lets a flag that takes files be followed by several of them: --target a b is --target a --target b.
func spread(args []string) []string {
	var out []string
	list := ""
	for _, a := range args {
		switch {
		case a == "--target" || a == "--related":
			list = a
			continue
		case strings.HasPrefix(a, "-"):
			list = ""
		case list != "":
			out = append(out, list)
		}
		out = append(out, a)
	}
	return out
}
