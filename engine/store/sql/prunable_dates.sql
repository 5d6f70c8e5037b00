-- The run that was published last stays whatever its date: who runs the night of an old date wants to read it.
select run_id
from (
    select run_id, row_number() over (order by business_date desc) as place, published_at = max(published_at) over () as is_last
    from shelfcast.published
) p
where place > $1 and not is_last
order by place
