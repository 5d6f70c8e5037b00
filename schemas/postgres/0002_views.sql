-- +goose Up

-- +goose StatementBegin
create function shelfcast.add_quantile_levels(new_levels double precision[], new_names text[]) returns void
    language plpgsql
as $function$
declare
    is_first constant boolean := to_regclass('shelfcast.forecast_published') is null;
    added    integer;
    columns  text;
    named    text;
    one      record;
begin
    insert into shelfcast.quantile_level (level, column_name)
    select l, n
    from unnest(new_levels, new_names) as asked (l, n)
    where not exists (select from shelfcast.quantile_level q where q.level = l)
    order by l;
    get diagnostics added = row_count;
    -- Replacing a view waits for its readers, so it is done only where a level is new.
    if added = 0 and not is_first then
        return;
    end if;

    select coalesce(string_agg(format(', f.quantile[array_position(r.levels, %L::double precision)] as %I', level, column_name), '' order by position), ''),
           coalesce(string_agg(format(', %I', column_name), '' order by position), '')
    into columns, named
    from shelfcast.quantile_level;

    execute 'create or replace view shelfcast.forecast_published as
        select p.business_date, f.run_id, f.series_id, s.item_id, s.store_id, f.period_start, f.mean' || columns || '
        from shelfcast.published p
        join shelfcast.run r on r.run_id = p.run_id
        join shelfcast.forecast f on f.run_id = p.run_id
        join shelfcast.series s on s.series_id = f.series_id';
    execute 'create or replace view shelfcast.forecast_current as
        select business_date, run_id, series_id, item_id, store_id, period_start, mean' || named || '
        from shelfcast.forecast_published
        where run_id = (select run_id from shelfcast.published order by business_date desc limit 1)';

    for one in
        select view_name, level, column_name
        from shelfcast.quantile_level, unnest(array['forecast_published', 'forecast_current']) as v (view_name)
    loop
        execute format('comment on column shelfcast.%I.%I is %L', one.view_name, one.column_name,
            format('Demand stays at or below this with probability %s; never to be summed; NULL where the run lacks the level; unit: units a period.', one.level));
    end loop;
end
$function$;
-- +goose StatementEnd

comment on function shelfcast.add_quantile_levels(double precision[], text[]) is
    'Gives the forecast views a column for each level that they lack. Columns are only ever added, at the end.';

select shelfcast.add_quantile_levels('{}', '{}');

comment on view shelfcast.forecast_published is 'Forecasts of every published business date: one row a business date, series and period. Say which business date, or rows of several nights mix; forecast_of(date) is the fast way. Quantiles are never summed.';
comment on column shelfcast.forecast_published.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.forecast_published.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.forecast_published.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.forecast_published.item_id is 'The item, as the target names it.';
comment on column shelfcast.forecast_published.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.forecast_published.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.forecast_published.mean is 'Expected demand; means may be summed; unit: units a period.';

comment on view shelfcast.forecast_current is 'Forecasts of the latest published business date: one row a series and period. Quantiles are never summed.';
comment on column shelfcast.forecast_current.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.forecast_current.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.forecast_current.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.forecast_current.item_id is 'The item, as the target names it.';
comment on column shelfcast.forecast_current.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.forecast_current.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.forecast_current.mean is 'Expected demand; means may be summed; unit: units a period.';

create view shelfcast.series_current as
select p.business_date, rs.run_id, rs.series_id, s.item_id, s.store_id, rs.model, rs.fallback_reason,
       rs.history_periods, rs.wql, rs.wape, rs.floor_wql
from shelfcast.published p
join shelfcast.run_series rs on rs.run_id = p.run_id
join shelfcast.series s on s.series_id = rs.series_id
where rs.run_id = (select run_id from shelfcast.published order by business_date desc limit 1);

comment on view shelfcast.series_current is 'What the latest published run did with each series: one row a series.';
comment on column shelfcast.series_current.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.series_current.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.series_current.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.series_current.item_id is 'The item, as the target names it.';
comment on column shelfcast.series_current.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.series_current.model is 'The model that really produced the fan.';
comment on column shelfcast.series_current.fallback_reason is 'Why the model that was asked did not produce it; NULL where it did.';
comment on column shelfcast.series_current.history_periods is 'Length of the history; unit: periods.';
comment on column shelfcast.series_current.wql is 'Weighted quantile loss of the chosen model in the backtest; NULL where undefined; unit: ratio.';
comment on column shelfcast.series_current.wape is 'Weighted absolute percentage error of the mean in the backtest; NULL where undefined; unit: ratio.';
comment on column shelfcast.series_current.floor_wql is 'Weighted quantile loss of the floor model in the same backtest; NULL where undefined; unit: ratio.';

create view shelfcast.metric_current as
select p.business_date, m.run_id, m.model, m.window_number, m.scope, m.name, m.level, m.value,
       m.points_used, m.points_all, m.season, m.denominator_zero
from shelfcast.published p
join shelfcast.metric m on m.run_id = p.run_id
where p.business_date = (select max(business_date) from shelfcast.published);

comment on view shelfcast.metric_current is 'Backtest accuracy of the latest published run: one row a model, window, scope, metric and level.';
comment on column shelfcast.metric_current.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.metric_current.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.metric_current.model is 'The model that was scored.';
comment on column shelfcast.metric_current.window_number is 'The backtest window, 1 for the latest; 0 for the mean over windows; unit: none (ordinal).';
comment on column shelfcast.metric_current.scope is 'What was scored: all, or a group of series by name.';
comment on column shelfcast.metric_current.name is 'The metric; its unit follows from it.';
comment on column shelfcast.metric_current.level is 'The quantile level scored; NULL for metrics of the mean and means over levels; unit: probability.';
comment on column shelfcast.metric_current.value is 'The value, NULL where it is undefined; unit: a ratio, or units a period for rmse and other absolute errors.';
comment on column shelfcast.metric_current.points_used is 'Points that entered the value; unit: points.';
comment on column shelfcast.metric_current.points_all is 'Points of the window, used or not; unit: points.';
comment on column shelfcast.metric_current.season is 'Season length m of scaled errors, 0 where the metric has none; unit: periods.';
comment on column shelfcast.metric_current.denominator_zero is '1 where the value is a numerator alone, because what it should be divided by was zero; 0 elsewhere; unit: none (flag).';

create view shelfcast.quarantine_current as
select p.business_date, q.run_id, q.series_id, q.item_id, q.store_id, q.stage, q.reason, q.detail
from shelfcast.published p
join shelfcast.quarantine q on q.run_id = p.run_id
where p.business_date = (select max(business_date) from shelfcast.published);

comment on view shelfcast.quarantine_current is 'Series that the latest published run set aside, with the reason.';
comment on column shelfcast.quarantine_current.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.quarantine_current.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.quarantine_current.series_id is 'The series; NULL where it never became one of the run; unit: none (identifier).';
comment on column shelfcast.quarantine_current.item_id is 'The item, as the target names it.';
comment on column shelfcast.quarantine_current.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.quarantine_current.stage is 'Step of the night that set it aside.';
comment on column shelfcast.quarantine_current.reason is 'Code of the reason.';
comment on column shelfcast.quarantine_current.detail is 'The reason in words.';

create view shelfcast.run_status as
select r.run_id, r.business_date, r.attempt, r.state,
       exists (select from shelfcast.published p where p.run_id = r.run_id) as is_published,
       coalesce(d.shards_all, 0) as shards_all, coalesce(d.shards_done, 0) as shards_done,
       r.rows_in, r.rows_used, r.rows_not_needed, r.rows_rejected,
       r.series_in, r.series_forecast, r.series_quarantined, r.series_fallback,
       (extract(epoch from coalesce(r.finished_at, now()) - r.started_at) * 1000)::bigint as elapsed_ms,
       r.code_version, r.resumes, r.error, r.started_at, r.finished_at, r.published_at, r.pruned_at
from shelfcast.run r
left join (
    select run_id, count(*) as shards_all, count(*) filter (where state = 'done') as shards_done
    from shelfcast.shard
    group by run_id
) d on d.run_id = r.run_id;

comment on view shelfcast.run_status is 'Every run and how far it came: one row a run, published or not.';
comment on column shelfcast.run_status.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.run_status.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.run_status.attempt is 'Which attempt at this business date, 1 for the first; unit: none (ordinal).';
comment on column shelfcast.run_status.state is 'running (or killed: it can be resumed), published, failed or abandoned.';
comment on column shelfcast.run_status.is_published is 'True where the run stands for its business date; false where a later attempt took its place.';
comment on column shelfcast.run_status.shards_all is 'Shards of the plan; 0 once the run is pruned; unit: shards.';
comment on column shelfcast.run_status.shards_done is 'Shards written; 0 once the run is pruned; unit: shards.';
comment on column shelfcast.run_status.rows_in is 'Target rows read; unit: rows.';
comment on column shelfcast.run_status.rows_used is 'Target rows that reached a series; unit: rows.';
comment on column shelfcast.run_status.rows_not_needed is 'Target rows that were right and not needed; unit: rows.';
comment on column shelfcast.run_status.rows_rejected is 'Target rows that were refused; unit: rows.';
comment on column shelfcast.run_status.series_in is 'Series in the data; unit: series.';
comment on column shelfcast.run_status.series_forecast is 'Series forecast and not quarantined; unit: series.';
comment on column shelfcast.run_status.series_quarantined is 'Series set aside with a reason; unit: series.';
comment on column shelfcast.run_status.series_fallback is 'Series whose fan was made by another model than the one asked for; unit: series.';
comment on column shelfcast.run_status.elapsed_ms is 'From start to end, or to now for a run that has not ended; unit: ms.';
comment on column shelfcast.run_status.code_version is 'Version of the program that made the run.';
comment on column shelfcast.run_status.resumes is 'How often the run was taken up again after its process had ended; unit: resumptions.';
comment on column shelfcast.run_status.error is 'Why a failed run failed, in one line.';
comment on column shelfcast.run_status.started_at is 'When the run began; unit: UTC instant.';
comment on column shelfcast.run_status.finished_at is 'When the run was published, failed or was abandoned; unit: UTC instant.';
comment on column shelfcast.run_status.published_at is 'When the run was published; NULL where it never was; unit: UTC instant.';
comment on column shelfcast.run_status.pruned_at is 'When its forecasts were dropped to free space; NULL while they are kept; unit: UTC instant.';

-- Postgres picks the partition before it looks into a table only where the run is a single value. A condition on the
-- business date of forecast_published reads the forecasts of every date; this reads those of one.
-- +goose StatementBegin
create function shelfcast.forecast_of(day date) returns setof shelfcast.forecast_published
    language sql stable
as $function$
    select *
    from shelfcast.forecast_published
    where run_id = (select run_id from shelfcast.run_status where business_date = day and is_published)
$function$;
-- +goose StatementEnd

comment on function shelfcast.forecast_of(date) is
    'The forecasts of one published business date: the fast way to read a date of forecast_published.';
