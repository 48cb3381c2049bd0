-- Belief: A frame that has run over 20 belts has been everywhere, so the recursion may stop there.
-- Caught by: test_reachable_stations_rides_round_a_long_ring
-- Hint: The limit ends the recursion, but it doesn't know about circles. How long may a way be on which no station comes twice?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
    WHERE belts < 20
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
