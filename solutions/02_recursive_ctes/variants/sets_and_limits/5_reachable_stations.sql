-- UNION over pairs with a count: no way is longer than there are stations, so the count may end it.
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts FROM station WHERE is_entrance
    UNION
    SELECT entrance_id, to_station, belts + 1 FROM ride JOIN belt ON from_station = station_id
    WHERE belts < (SELECT count(*) FROM station)
)
SELECT entrance_id, station_id, min(belts) AS belts FROM ride GROUP BY entrance_id, station_id ORDER BY entrance_id, station_id
