with gone as (delete from shelfcast.shard where run_id = $1),
     aside as (delete from shelfcast.quarantine where run_id = $1),
     refused as (delete from shelfcast.reject where run_id = $1)
update shelfcast.run
set pruned_at = clock_timestamp(), state = case state when 'running' then 'abandoned' else state end
where run_id = $1
