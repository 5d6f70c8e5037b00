select count(*) filter (where state = 'planned'), coalesce(min(shard_number) filter (where state = 'planned'), 0),
       coalesce(sum(series_count), 0)::bigint, coalesce(sum(series_with_fan), 0)::bigint, coalesce(sum(rows), 0)::bigint
from shelfcast.shard
where run_id = $1
