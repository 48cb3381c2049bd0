-- Belief: PostgreSQL makes no more rows than are asked for, so LIMIT ends any recursion.
-- Caught by: test_reachable_stations_rides_round_a_long_ring
-- Hint: It does, but on the row that happens to come last. Which stations lie beyond it, and who tells you?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM (SELECT * FROM ride LIMIT 100) AS ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
