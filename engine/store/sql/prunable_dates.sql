select run_id
from shelfcast.published
order by business_date desc
offset $1
