select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
from pg_class c
join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = to_regnamespace($1)
  and c.relkind in ('r', 'p')
  and not c.relispartition
  and a.attnum > 0
  and not a.attisdropped
