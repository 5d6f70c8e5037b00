insert into shelfcast.run (business_date, attempt, state, code_version, config_hash, data_hash, plan_hash, as_of,
    frequency, first_period, horizon_periods, levels, series_planned, host)
select $1, coalesce(max(attempt), 0) + 1, 'running', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
from shelfcast.run
where business_date = $1
returning run_id, attempt
