update shelfcast.run
set state = 'failed', error = $2, finished_at = clock_timestamp()
where run_id = $1 and state = 'running'
