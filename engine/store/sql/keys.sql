create temporary table asked_series (
    position   integer          not null,
    item_id    text collate "C" not null,
    store_id   text collate "C" not null,
    dimensions text collate "C" not null
) on commit drop
