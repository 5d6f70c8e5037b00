select coalesce(array_agg(distinct l.virtualtransaction order by l.virtualtransaction), '{}')::text[]
from pg_locks l
where l.locktype = 'relation' and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and l.relation in ('shelfcast.forecast'::regclass, 'shelfcast.run_series'::regclass, 'shelfcast.component'::regclass)
  and l.pid <> pg_backend_pid()
  and ($1::text[] is null or l.virtualtransaction = any ($1))
