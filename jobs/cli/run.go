package cli

import (
	"errors"
	"fmt"
	"time"

	"shelfcast/jobs"
	"shelfcast/jobs/config"
	"shelfcast/jobs/report"
)

type runCommand struct {
	Config string `required:"" placeholder:"F" help:"The configuration: schemas/config.example.yaml documents every field."`
	AsOf   string `placeholder:"DATE" help:"Business date: the last day of sales that the night sees, such as 2016-05-22. Default: the last in the data."`
	Resume int64  `placeholder:"RUN" help:"Take up this run at its first unfinished shard. Default: the newest run of the same date, code, configuration and data that was interrupted, else a new attempt."`
}

// Help ends the help text of the command.
func (runCommand) Help() string {
	return `Example:
  shelfcast datasets synth --out chain --series 100 --periods 400
  shelfcast run --config chain/shelfcast.yaml`
}

// Run runs one night.
func (c runCommand) Run(s *session) error {
	conf, err := config.Load(c.Config, s.environ)
	if err != nil {
		return err
	}
	asOf, err := date(c.AsOf)
	if err != nil {
		return usageError{err}
	}
	if conf, err = inDrops(conf, ""); err != nil {
		return err
	}
	db, err := s.openDatabase(conf.Database)
	if err != nil {
		return err
	}
	rep, err := s.night(db, conf, c.Config, asOf, c.Resume)
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := rep.WriteText(s.out); err != nil {
		return err
	}
	return quarantineError(rep, conf)
}

// night runs the night of one configuration in an open database and saves its page.
func (s *session) night(db *database, conf config.Config, file string, asOf time.Time, resume int64) (*report.Report, error) {
	n, err := jobs.Plan(conf, asOf)
	if err != nil {
		return nil, err
	}
	n = s.equip(n)
	n.Source = s.source(conf)
	n.Sink = postgresSink{db: db.DB, resume: resume, keep: conf.Database.KeepDates}
	rep, err := n.Run(s.ctx)
	if err != nil {
		return nil, err
	}
	rep.Look = append(rep.Look, fmt.Sprintf("%s db psql --config %s -- -c 'select * from shelfcast.forecast_current limit 10'", s.program, file))
	if conf.Report.Dir == "" {
		return rep, nil
	}
	page, err := rep.Save(conf.Report.Dir)
	if err != nil {
		// The night is published: a page that cannot be written does not undo it.
		s.log.Error("the night is published, its page is not written", "error", err)
		return rep, nil
	}
	rep.Look = append([]string{page}, rep.Look...)
	return rep, nil
}

// quarantineError returns errQuarantined where more series are in quarantine than the configuration allows.
func quarantineError(rep *report.Report, conf config.Config) error {
	if share := rep.QuarantineShare(); share > conf.Run.MaxQuarantineShare {
		return fmt.Errorf("%w: %d of %d, %.2f %%, and run.max_quarantine_share allows %.2f %%; the night is published, see shelfcast.quarantine_current",
			errQuarantined, rep.Series.Quarantined, rep.Series.In, 100*share, 100*conf.Run.MaxQuarantineShare)
	}
	return nil
}

type scheduleCommand struct {
	Config string `required:"" placeholder:"F" help:"The configuration; its schedule.cron says when, in UTC, and its schedule.watch which new data start a night."`
}

// Help ends the help text of the command.
func (scheduleCommand) Help() string {
	return `With schedule.watch a night begins when a complete new drop lies in a folder; a drop has one night, also after a restart.
The night of a business date runs once: a date that was missed is caught up at the start, oldest first, at most seven.
Example:
  shelfcast schedule --config chain/shelfcast.yaml`
}

// Run runs the daemon until it is told to stop.
func (c scheduleCommand) Run(s *session) (err error) {
	conf, err := config.Load(c.Config, s.environ)
	if err != nil {
		return err
	}
	if conf.Schedule.Cron == "" && conf.Schedule.Watch.Dir == "" {
		return errors.New("run the schedule: schedule.cron is empty and schedule.watch.dir too, so no night would ever begin; give one of them")
	}
	if conf.Schedule.Cron != "" {
		if _, err := jobs.ParseCron(conf.Schedule.Cron); err != nil {
			return err
		}
	}
	k := &keptDatabase{s: s, conf: conf.Database}
	if _, err := k.get(); err != nil && !errors.Is(err, errBorrowed) {
		return err
	}
	defer func() { err = errors.Join(err, k.close()) }()
	return s.daemon(k, conf, c.Config).Run(s.ctx)
}
