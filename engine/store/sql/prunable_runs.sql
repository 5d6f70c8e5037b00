-- Runs that stand for no business date, apart from the newest $1 of them. A running run counts only where a later one
-- was published: it is one that was killed and never resumed.
select run_id
from shelfcast.run r
where pruned_at is null
  and not exists (select from shelfcast.published p where p.run_id = r.run_id)
  and (state <> 'running' or run_id < (select max(run_id) from shelfcast.published))
order by run_id desc
offset $1
