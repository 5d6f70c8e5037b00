-- +goose Up

alter table shelfcast.series add column dimensions text collate "C" not null default '';
alter table shelfcast.series drop constraint series_item_id_store_id_key;
alter table shelfcast.series add unique (item_id, store_id, dimensions);
comment on column shelfcast.series.dimensions is 'The further dimensions, as in channel=web;size=L; a backslash stands before a semicolon or a backslash of a value; empty where the target has none.';

alter table shelfcast.quarantine add column dimensions text collate "C" not null default '';
comment on column shelfcast.quarantine.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none.';

-- A view keeps the columns it has in their order, and gets new ones at its end. The dimensions stand behind the levels that
-- a database had when they came, and before those that it gets later.
-- +goose StatementBegin
create or replace function shelfcast.add_quantile_levels(new_levels double precision[], new_names text[]) returns void
    language plpgsql
as $function$
declare
    dimensions_at constant integer := (select attnum from pg_attribute
        where attrelid = 'shelfcast.forecast_published'::regclass and attname = 'dimensions');
    added  integer;
    before text;
    after  text;
    named_before text;
    named_after  text;
    one    record;
begin
    insert into shelfcast.quantile_level (level, column_name)
    select l, n
    from unnest(new_levels, new_names) as asked (l, n)
    where not exists (select from shelfcast.quantile_level q where q.level = l)
    order by l;
    get diagnostics added = row_count;
    -- Replacing a view waits for its readers, so it is done only where a column is new.
    if added = 0 and dimensions_at is not null then
        return;
    end if;

    with list as (
        select q.position, format(', f.quantile[array_position(r.levels, %L::double precision)] as %I', q.level, q.column_name) as columns,
               format(', %I', q.column_name) as named, a.attnum < coalesce(dimensions_at, 32767) as is_before
        from shelfcast.quantile_level q
        left join pg_attribute a on a.attrelid = 'shelfcast.forecast_published'::regclass and a.attname = q.column_name
    )
    select coalesce(string_agg(columns, '' order by position) filter (where is_before), ''),
           coalesce(string_agg(columns, '' order by position) filter (where is_before is not true), ''),
           coalesce(string_agg(named, '' order by position) filter (where is_before), ''),
           coalesce(string_agg(named, '' order by position) filter (where is_before is not true), '')
    into before, after, named_before, named_after
    from list;

    execute 'create or replace view shelfcast.forecast_published as
        select p.business_date, f.run_id, f.series_id, s.item_id, s.store_id, f.period_start, f.mean' || before || ', s.dimensions' || after || '
        from shelfcast.published p
        join shelfcast.run r on r.run_id = p.run_id
        join shelfcast.forecast f on f.run_id = p.run_id
        join shelfcast.series s on s.series_id = f.series_id';
    execute 'create or replace view shelfcast.forecast_current as
        select business_date, run_id, series_id, item_id, store_id, period_start, mean' || named_before || ', dimensions' || named_after || '
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

select shelfcast.add_quantile_levels('{}', '{}');

comment on column shelfcast.forecast_published.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none. Where there are some, an item and a store have several series.';
comment on column shelfcast.forecast_current.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none. Where there are some, an item and a store have several series.';

create or replace view shelfcast.series_current as
select p.business_date, rs.run_id, rs.series_id, s.item_id, s.store_id, rs.model, rs.fallback_reason,
       rs.history_periods, rs.wql, rs.wape, rs.floor_wql, s.dimensions
from shelfcast.published p
join shelfcast.run_series rs on rs.run_id = p.run_id
join shelfcast.series s on s.series_id = rs.series_id
where rs.run_id = (select run_id from shelfcast.published order by business_date desc limit 1);

comment on column shelfcast.series_current.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none.';

create or replace view shelfcast.quarantine_current as
select p.business_date, q.run_id, q.series_id, q.item_id, q.store_id, q.stage, q.reason, q.detail, q.dimensions
from shelfcast.published p
join shelfcast.quarantine q on q.run_id = p.run_id
where p.business_date = (select max(business_date) from shelfcast.published);

comment on column shelfcast.quarantine_current.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none.';
