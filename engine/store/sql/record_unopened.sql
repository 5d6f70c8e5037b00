with added as (
    insert into shelfcast.unopened (business_date, code_version, config_hash, error, host)
    values ($1, $2, $3, $4, $5)
    returning unopened_id
)
delete from shelfcast.unopened using added
where unopened.unopened_id <= added.unopened_id - 1000
