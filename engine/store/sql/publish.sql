with published as (
    insert into shelfcast.published (business_date, run_id)
    select business_date, run_id from shelfcast.run where run_id = $1
    on conflict (business_date) do update set run_id = excluded.run_id, published_at = excluded.published_at
    returning published_at
)
update shelfcast.run r
set state = 'published', rows_in = $2, rows_used = $3, rows_not_needed = $4, rows_rejected = $5, series_in = $6,
    series_forecast = $7, series_quarantined = $8, series_fallback = $9, timings = $10, report = $11, error = null,
    finished_at = published.published_at, published_at = published.published_at
from published
where r.run_id = $1
