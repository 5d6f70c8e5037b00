-- The anti-join keeps known series from using up numbers; "on conflict" is for a series that another run adds meanwhile.
insert into shelfcast.series (item_id, store_id, dimensions)
select k.item_id, k.store_id, k.dimensions
from asked_series k
where not exists (select from shelfcast.series s where s.item_id = k.item_id and s.store_id = k.store_id and s.dimensions = k.dimensions)
order by k.position
on conflict (item_id, store_id, dimensions) do nothing
