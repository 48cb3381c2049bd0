-- Belief: CYCLE should look at all columns.
-- Caught by: test_reachable_stations_ends_although_frames_go_in_circles
-- Hint: CYCLE looks for a row that agrees in the columns you name. Which of them is never the same again?
-- Ends: never
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
) CYCLE entrance_id, station_id, belts SET is_back USING stations
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
