WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts, ',' || station_id || ',' AS past FROM station WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1, past || to_station || ','
    FROM ride JOIN belt ON from_station = station_id
    WHERE strpos(past, ',' || to_station || ',') = 0
)
SELECT DISTINCT entrance_id, station_id, min(belts) OVER (PARTITION BY entrance_id, station_id) AS belts
FROM ride ORDER BY 1, 2
