-- +goose Up

create table shelfcast.unopened (
    unopened_id   bigint      generated always as identity primary key,
    business_date date,
    code_version  text        not null,
    config_hash   text        not null,
    error         text        not null,
    host          text        not null,
    failed_at     timestamptz not null default clock_timestamp()
);

comment on table shelfcast.unopened is 'Nights that failed before they became a run: most often their input could not be read. One row a try; the newest 1,000 are kept.';
comment on column shelfcast.unopened.unopened_id is 'The try; unit: none (identifier).';
comment on column shelfcast.unopened.business_date is 'The date that was asked for; NULL where it was to be the last one of the data; unit: business date.';
comment on column shelfcast.unopened.code_version is 'Version of the program.';
comment on column shelfcast.unopened.config_hash is 'Hash of the configuration.';
comment on column shelfcast.unopened.error is 'What was being done, to what, why it failed, and what to do.';
comment on column shelfcast.unopened.host is 'Machine that it ran on.';
comment on column shelfcast.unopened.failed_at is 'When it failed; unit: UTC instant.';
