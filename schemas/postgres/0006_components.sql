-- +goose Up

alter table shelfcast.run_series add column components text[];
comment on column shelfcast.run_series.components is 'Names of the parts that the mean is made of, in the order of component.value; NULL where the run did not ask for them or the model does not explain itself.';

create table shelfcast.component (
    run_id       bigint             not null,
    series_id    integer            not null,
    period_start timestamp          not null,
    value        double precision[] not null,
    primary key (run_id, series_id, period_start)
) partition by list (run_id);

comment on table shelfcast.component is 'The parts of the means: one row a run, series and period, one partition a run, empty where the run did not ask for them. Read the views, which have one row a part.';
comment on column shelfcast.component.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.component.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.component.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.component.value is 'What each part adds to the mean, in the order of run_series.components; together they are the mean; unit: units a period.';

create view shelfcast.component_published as
select p.business_date, c.run_id, c.series_id, s.item_id, s.store_id, s.dimensions, c.period_start, part.component, part.value, part.place::integer as place
from shelfcast.published p
join shelfcast.run_series rs on rs.run_id = p.run_id
join shelfcast.component c on c.run_id = p.run_id and c.series_id = rs.series_id
join shelfcast.series s on s.series_id = c.series_id
cross join lateral unnest(rs.components, c.value) with ordinality as part (component, value, place);

create view shelfcast.component_current as
select business_date, run_id, series_id, item_id, store_id, dimensions, period_start, component, value, place
from shelfcast.component_published
where run_id = (select run_id from shelfcast.published order by business_date desc limit 1);

comment on view shelfcast.component_published is 'What the forecasts of every published business date are made of: one row a business date, series, period and part. The parts of a series and period add up to the mean of its forecast. There are some where forecast.components asked for them and the model explains itself; a part that is 0 in all periods of a series is left out. Say which business date, or rows of several nights mix.';
comment on column shelfcast.component_published.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.component_published.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.component_published.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.component_published.item_id is 'The item, as the target names it.';
comment on column shelfcast.component_published.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.component_published.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none.';
comment on column shelfcast.component_published.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.component_published.component is 'The part: trend, or the name of a season, an event (-1, +1 for days before and after) or a covariate; cut is what cutting off demand below 0 adds and closed days take.';
comment on column shelfcast.component_published.value is 'What the part adds to the mean; values may be summed; unit: units a period.';
comment on column shelfcast.component_published.place is 'Place of the part among those of the series, 1 for the trend; unit: none (ordinal).';

comment on view shelfcast.component_current is 'What the forecasts of the latest published business date are made of: one row a series, period and part. The parts of a series and period add up to the mean of its forecast. There are some where forecast.components asked for them and the model explains itself; a part that is 0 in all periods of a series is left out.';
comment on column shelfcast.component_current.business_date is 'The date the night was run for; unit: business date.';
comment on column shelfcast.component_current.run_id is 'The run; unit: none (identifier).';
comment on column shelfcast.component_current.series_id is 'The series; unit: none (identifier).';
comment on column shelfcast.component_current.item_id is 'The item, as the target names it.';
comment on column shelfcast.component_current.store_id is 'The store, as the target names it; empty where the target has no store.';
comment on column shelfcast.component_current.dimensions is 'The further dimensions, as in channel=web;size=L; empty where the target has none.';
comment on column shelfcast.component_current.period_start is 'First instant of the period; unit: business time without zone.';
comment on column shelfcast.component_current.component is 'The part: trend, or the name of a season, an event (-1, +1 for days before and after) or a covariate; cut is what cutting off demand below 0 adds and closed days take.';
comment on column shelfcast.component_current.value is 'What the part adds to the mean; values may be summed; unit: units a period.';
comment on column shelfcast.component_current.place is 'Place of the part among those of the series, 1 for the trend; unit: none (ordinal).';

-- The role may be missing where this user may not make roles: see 0003.
-- +goose StatementBegin
do $block$
begin
    if exists (select from pg_roles where rolname = 'shelfcast_reader') then
        grant select on shelfcast.component_current, shelfcast.component_published to shelfcast_reader;
    end if;
end
$block$;
-- +goose StatementEnd
