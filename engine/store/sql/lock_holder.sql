select a.pid, coalesce(nullif(a.application_name, ''), 'an unnamed application'), coalesce(host(a.client_addr), 'this host'), a.state_change
from pg_locks l
join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 2
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid::bigint = $1 and l.objid::bigint = $2
