-- The anti-join keeps known series from using up numbers; "on conflict" is for a series that another run adds meanwhile.
insert into shelfcast.series (item_id, store_id)
select k.item_id, k.store_id
from asked_series k
where not exists (select from shelfcast.series s where s.item_id = k.item_id and s.store_id = k.store_id)
order by k.position
on conflict (item_id, store_id) do nothing
