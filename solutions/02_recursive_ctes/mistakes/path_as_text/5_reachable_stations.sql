-- Belief: A text keeps the past: LIKE finds a station in it.
-- Caught by: test_reachable_stations_rides_round_a_long_ring
-- Hint: Station 1 is found in the text '112' that has been at 112 only. What keeps numbers apart in an array?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts, station_id::text AS path
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1, path || to_station
    FROM ride
    JOIN belt ON from_station = station_id
    WHERE path NOT LIKE '%' || to_station || '%'
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
