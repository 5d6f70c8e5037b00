select c.oid is not null, coalesce(c.relispartition, false), coalesce(i.inhdetachpending, false),
       exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
from (select to_regclass($1)::oid as oid) n
left join pg_class c on c.oid = n.oid
left join pg_inherits i on i.inhrelid = c.oid
