-- +goose Up

comment on schema shelfcast is 'Demand forecasts by run. Analysts read the views; tables belong to the program. Quantiles are never summed: sums are made of the mean.';

comment on table shelfcast.schema_version is 'Migrations that have been applied; the newest is the version of this schema.';
comment on column shelfcast.schema_version.id is 'Order of application; unit: none (identifier).';
comment on column shelfcast.schema_version.version_id is 'Number of the migration; unit: none (identifier).';
comment on column shelfcast.schema_version.is_applied is 'True where the migration is in force.';
comment on column shelfcast.schema_version.tstamp is 'When it was applied; unit: UTC instant.';

create table shelfcast.run (
    run_id             bigint           generated always as identity primary key,
    business_date      date             not null,
    attempt            integer          not null check (attempt >= 1),
    state              text             not null check (state in ('running', 'published', 'failed', 'abandoned')),
    code_version       text             not null,
    config_hash        text             not null,
    data_hash          text             not null,
    plan_hash          text             not null,
    as_of              timestamp        not null,
    frequency          text             not null,
    first_period       timestamp        not null,
    horizon_periods    integer          not null check (horizon_periods >= 1),
    levels             double precision[] not null,
    series_planned     integer          not null,
    rows_in            bigint,
    rows_used          bigint,
    rows_not_needed    bigint,
    rows_rejected      bigint,
    series_in          bigint,
    series_forecast    bigint,
    series_quarantined bigint,
    series_fallback    bigint,
    timings            jsonb,
    report             jsonb,
    error              text,
    resumes            integer          not null default 0,
    host               text             not null,
    started_at         timestamptz      not null default clock_timestamp(),
    finished_at        timestamptz,
    published_at       timestamptz,
    pruned_at          timestamptz,
    unique (business_date, attempt),
    constraint every_row_is_accounted_for
        check (rows_in = rows_used + rows_not_needed + rows_rejected),
    constraint every_series_is_accounted_for
        check (series_in = series_forecast + series_quarantined)
);

comment on table shelfcast.run is 'The run ledger: one row an attempt at a night. Published runs are the rows of "published".';
comment on column shelfcast.run.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.run.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.run.attempt is 'Which attempt at this business date, 1 for the first; unit: none (ordinal).';
comment on column shelfcast.run.state is 'running (or killed: it can be resumed), published, failed (error says why) or abandoned (another attempt took its place).';
comment on column shelfcast.run.code_version is 'Version of the program that made the run.';
comment on column shelfcast.run.config_hash is 'Hash of the configuration.';
comment on column shelfcast.run.data_hash is 'Hash of the input data.';
comment on column shelfcast.run.plan_hash is 'SHA-256 of series, shards, calendar, horizon and levels: a run is resumed only under the same plan.';
comment on column shelfcast.run.as_of is 'First instant of the last observed period, the origin; unit: business time without zone.';
comment on column shelfcast.run.frequency is 'Length of a period: D, W, M, H, 15min and so on.';
comment on column shelfcast.run.first_period is 'First instant of the first period that is forecast; unit: business time without zone.';
comment on column shelfcast.run.horizon_periods is 'How far the run forecasts; unit: periods.';
comment on column shelfcast.run.levels is 'Quantile levels of the run, ascending; unit: probability.';
comment on column shelfcast.run.series_planned is 'Series that were cut into shards; unit: series.';
comment on column shelfcast.run.rows_in is 'Target rows read; equals used, not needed and rejected together; unit: rows.';
comment on column shelfcast.run.rows_used is 'Target rows that reached a series; unit: rows.';
comment on column shelfcast.run.rows_not_needed is 'Target rows that were right and not needed, such as rows after the origin; unit: rows.';
comment on column shelfcast.run.rows_rejected is 'Target rows that were refused, by reason in the report; unit: rows.';
comment on column shelfcast.run.series_in is 'Series in the data; equals forecast and quarantined together; unit: series.';
comment on column shelfcast.run.series_forecast is 'Series forecast and not quarantined; unit: series.';
comment on column shelfcast.run.series_quarantined is 'Series set aside with a reason, with or without a fan of the floor model; unit: series.';
comment on column shelfcast.run.series_fallback is 'Series whose fan was made by another model than the one asked for; unit: series.';
comment on column shelfcast.run.timings is 'Phase of the night to elapsed time; unit: ms.';
comment on column shelfcast.run.report is 'The report of the run; each figure in it carries its unit in its name.';
comment on column shelfcast.run.error is 'Why a failed run failed, in one line.';
comment on column shelfcast.run.resumes is 'How often the run was taken up again after its process had ended; unit: resumptions.';
comment on column shelfcast.run.host is 'Host name of the machine that last worked on the run.';
comment on column shelfcast.run.started_at is 'When the run began; unit: UTC instant.';
comment on column shelfcast.run.finished_at is 'When the run was published, failed or was abandoned; unit: UTC instant.';
comment on column shelfcast.run.published_at is 'When the run was published; NULL where it never was; unit: UTC instant.';
comment on column shelfcast.run.pruned_at is 'When its forecasts were dropped to free space; NULL while they are kept; unit: UTC instant.';

create table shelfcast.series (
    series_id integer generated always as identity primary key,
    item_id   text collate "C" not null,
    store_id  text collate "C" not null,
    unique (item_id, store_id)
);

comment on table shelfcast.series is 'Every series that any run has seen. A series keeps its number for good.';
comment on column shelfcast.series.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.series.item_id is 'The item, as the target names it.';
comment on column shelfcast.series.store_id is 'The store, as the target names it; empty where the target has no store.';

-- No foreign keys on the partitioned tables: the COPY of a night would look up each row, and the series numbers come
-- from this schema's own table.
create table shelfcast.run_series (
    run_id          bigint  not null,
    series_id       integer not null,
    model           text    not null,
    fallback_reason text,
    history_periods integer not null,
    wql             double precision,
    wape            double precision,
    floor_wql       double precision,
    primary key (run_id, series_id)
) partition by list (run_id);

comment on table shelfcast.run_series is 'What a run did with each series that has a fan: one row a run and series.';
comment on column shelfcast.run_series.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.run_series.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.run_series.model is 'The model that really produced the fan.';
comment on column shelfcast.run_series.fallback_reason is 'Why the model that was asked did not produce it: no_data, too_short, not_usable, panic, timeout, cancelled or model_error; NULL where it did.';
comment on column shelfcast.run_series.history_periods is 'Length of the history; unit: periods.';
comment on column shelfcast.run_series.wql is 'Weighted quantile loss of the chosen model in the backtest, mean over levels and windows; NULL where undefined; unit: ratio.';
comment on column shelfcast.run_series.wape is 'Weighted absolute percentage error of the mean in the backtest; NULL where undefined; unit: ratio.';
comment on column shelfcast.run_series.floor_wql is 'Weighted quantile loss of the floor model in the same backtest; NULL where undefined; unit: ratio.';

create table shelfcast.forecast (
    run_id       bigint             not null,
    series_id    integer            not null,
    period_start timestamp          not null,
    mean         double precision   not null,
    quantile     double precision[] not null,
    primary key (run_id, series_id, period_start)
) partition by list (run_id);

comment on table shelfcast.forecast is 'The fans: one row a run, series and period, one partition a run. Read the views, which show published runs only.';
comment on column shelfcast.forecast.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.forecast.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.forecast.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.forecast.mean is 'Expected demand; means may be summed; unit: units a period.';
comment on column shelfcast.forecast.quantile is 'Quantiles of demand at the levels of the run, ascending; never to be summed; unit: units a period.';

create table shelfcast.shard (
    run_id          bigint  not null references shelfcast.run on delete cascade,
    shard_number    integer not null,
    first_series    integer not null,
    series_count    integer not null,
    state           text    not null check (state in ('planned', 'done')),
    series_with_fan integer,
    rows            bigint,
    partial         bytea,
    elapsed_ms      bigint,
    finished_at     timestamptz,
    primary key (run_id, shard_number)
);

comment on table shelfcast.shard is 'The plan of a run and what is done of it: one row a shard, written in the transaction of its fans.';
comment on column shelfcast.shard.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.shard.shard_number is 'The shard, from 0; unit: none (ordinal).';
comment on column shelfcast.shard.first_series is 'Place of its first series among the series of the run in key order, from 0; unit: series.';
comment on column shelfcast.shard.series_count is 'How many series it holds; unit: series.';
comment on column shelfcast.shard.state is 'planned or done.';
comment on column shelfcast.shard.series_with_fan is 'Series that got a fan; the others are in quarantine; NULL until done; unit: series.';
comment on column shelfcast.shard.rows is 'Forecast rows written; NULL until done; unit: rows.';
comment on column shelfcast.shard.partial is 'What a resumed night needs to merge metrics, in the format of the program; NULL until done.';
comment on column shelfcast.shard.elapsed_ms is 'Time the work took; NULL until done; unit: ms.';
comment on column shelfcast.shard.finished_at is 'When it was written; NULL until done; unit: UTC instant.';

create table shelfcast.metric (
    run_id           bigint  not null references shelfcast.run on delete cascade,
    model            text    not null,
    window_number    integer not null check (window_number >= 0),
    scope            text    not null,
    name             text    not null,
    level            double precision,
    value            double precision,
    points_used      bigint  not null,
    points_all       bigint  not null,
    season           integer not null,
    denominator_zero bigint  not null
);
create unique index metric_key on shelfcast.metric (run_id, model, window_number, scope, name, coalesce(level, -1));

comment on table shelfcast.metric is 'Accuracy of each model in the backtest of a run: one row a model, window, scope, metric and level.';
comment on column shelfcast.metric.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.metric.model is 'The model that was scored.';
comment on column shelfcast.metric.window_number is 'The backtest window, 1 for the latest; 0 for the mean over windows; unit: none (ordinal).';
comment on column shelfcast.metric.scope is 'What was scored: all, or a group of series by name.';
comment on column shelfcast.metric.name is 'The metric: wql, wape, mase, rmse, rmsse, mape, coverage and so on; its unit follows from it.';
comment on column shelfcast.metric.level is 'The quantile level scored; NULL for metrics of the mean and means over levels; unit: probability.';
comment on column shelfcast.metric.value is 'The value, NULL where it is undefined; unit: a ratio, or units a period for rmse and other absolute errors.';
comment on column shelfcast.metric.points_used is 'Points that entered the value; unit: points.';
comment on column shelfcast.metric.points_all is 'Points of the window, used or not; unit: points.';
comment on column shelfcast.metric.season is 'Season length m of scaled errors, 0 where the metric has none; unit: periods.';
comment on column shelfcast.metric.denominator_zero is '1 where the value is a numerator alone, because what it should be divided by was zero; 0 elsewhere; unit: none (flag).';

create table shelfcast.quarantine (
    run_id       bigint  not null references shelfcast.run on delete cascade,
    shard_number integer,
    series_id    integer,
    item_id      text collate "C" not null,
    store_id     text collate "C" not null,
    stage        text    not null,
    reason       text    not null,
    detail       text
);
create index quarantine_run on shelfcast.quarantine (run_id);

comment on table shelfcast.quarantine is 'Series set aside, with the reason: one row a run, series and reason.';
comment on column shelfcast.quarantine.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.quarantine.shard_number is 'The shard that found it; NULL where the audit of the input did; unit: none (ordinal).';
comment on column shelfcast.quarantine.series_id is 'The series; NULL where it never became one of the run; unit: none (identifier).';
comment on column shelfcast.quarantine.item_id is 'The item, as the target names it.';
comment on column shelfcast.quarantine.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.quarantine.stage is 'Step of the night that set it aside, such as read, shape, fit or judge.';
comment on column shelfcast.quarantine.reason is 'Code of the reason, such as no_data, too_short or not_usable.';
comment on column shelfcast.quarantine.detail is 'The reason in words.';

create table shelfcast.reject (
    run_id      bigint not null references shelfcast.run on delete cascade,
    input       text   not null,
    file        text   not null,
    row_group   integer,
    line        bigint,
    column_name text,
    reason      text   not null,
    value       text
);
create index reject_run on shelfcast.reject (run_id);

comment on table shelfcast.reject is 'The first rows of the input that were refused. How many there were is in run.rows_rejected, by reason in run.report.';
comment on column shelfcast.reject.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.reject.input is 'The input: target, related, items or stores.';
comment on column shelfcast.reject.file is 'The file.';
comment on column shelfcast.reject.row_group is 'Row group of a Parquet file, from 0; NULL for other files; unit: none (ordinal).';
comment on column shelfcast.reject.line is 'Line of the file, or row of the row group, from 1; NULL where it is not known; unit: none (ordinal).';
comment on column shelfcast.reject.column_name is 'The column that was wrong; NULL where the whole row was.';
comment on column shelfcast.reject.reason is 'Code of the reason.';
comment on column shelfcast.reject.value is 'What stood there, cut to a readable length.';

create table shelfcast.published (
    business_date date        primary key,
    run_id        bigint      not null unique references shelfcast.run,
    published_at  timestamptz not null default clock_timestamp()
);

comment on table shelfcast.published is 'Which run stands for a business date. To publish is to write one row here.';
comment on column shelfcast.published.business_date is 'The business date; unit: business date.';
comment on column shelfcast.published.run_id is 'The run that stands for it; unit: none (identifier).';
comment on column shelfcast.published.published_at is 'When the row was written; unit: UTC instant.';

create table shelfcast.quantile_level (
    position    integer generated always as identity primary key,
    level       double precision not null unique,
    column_name text not null unique
);

comment on table shelfcast.quantile_level is 'The quantile levels of all published runs; each is a column of the forecast views.';
comment on column shelfcast.quantile_level.position is 'Order of the columns in the views; unit: none (ordinal).';
comment on column shelfcast.quantile_level.level is 'The level; unit: probability.';
comment on column shelfcast.quantile_level.column_name is 'Name of its column in the views, p10 for 0.1.';
