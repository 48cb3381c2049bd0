-- Belief: A station that the recursion has found already can be left out with NOT IN.
-- Caught by: test_reachable_stations_finds_the_shortest_ride
-- Hint: The second SELECT sees the last level only, and PostgreSQL refuses any other look at it. What can a row know by itself?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
    WHERE to_station NOT IN (SELECT station_id FROM ride)
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
