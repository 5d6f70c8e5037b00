select run_id, attempt, state, business_date, code_version, config_hash, data_hash, plan_hash, pruned_at is not null
from shelfcast.run
where business_date = $1 and state = 'running'
order by attempt desc
for update
