select s.series_id
from asked_series k
join shelfcast.series s on s.item_id = k.item_id and s.store_id = k.store_id and s.dimensions = k.dimensions
order by k.position
