-- +goose Up

-- An analyst reads the views and nothing else: grant shelfcast_reader to alice. A view reads its tables with the rights
-- of its owner, so the tables need no grant. Where this user may not make roles, an administrator makes the role and
-- gives the grants below by hand.
-- +goose StatementBegin
do $block$
begin
    if not exists (select from pg_roles where rolname = 'shelfcast_reader') then
        begin
            create role shelfcast_reader nologin;
        exception
            -- Roles belong to the whole server: another database may be making it at this moment.
            when duplicate_object or unique_violation then null;
        end;
    end if;
    grant usage on schema shelfcast to shelfcast_reader;
    grant select on shelfcast.forecast_current, shelfcast.forecast_published, shelfcast.series_current,
        shelfcast.metric_current, shelfcast.quarantine_current, shelfcast.run_status to shelfcast_reader;
exception
    when insufficient_privilege then
        raise notice 'the role shelfcast_reader was not made: this user may not make roles';
end
$block$;
-- +goose StatementEnd
