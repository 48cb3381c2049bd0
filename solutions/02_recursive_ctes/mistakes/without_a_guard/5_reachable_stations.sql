-- Belief: A recursion ends when there are no more rows, so it ends.
-- Caught by: test_reachable_stations_ends_although_frames_go_in_circles
-- Hint: On a circle there are always more rows. What must a row carry along so that it can tell where it has been?
-- Ends: never
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
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
