-- Belief: It's enough not to go back to the station that one has just come from.
-- Caught by: test_reachable_stations_ends_although_frames_go_in_circles
-- Hint: Weld, paint, check, weld: does any of these steps lead straight back? Which stations must a row remember?
-- Ends: never
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, NULL::integer AS last_station, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, station_id, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
    WHERE to_station <> station_id AND to_station IS DISTINCT FROM last_station
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
