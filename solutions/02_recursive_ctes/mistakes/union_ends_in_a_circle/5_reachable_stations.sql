-- Belief: UNION leaves out what was found before, so it ends by itself in a circle.
-- Caught by: test_reachable_stations_ends_although_frames_go_in_circles
-- Hint: UNION compares whole rows. Which column makes each round of the circle a new row, and how else could a row know where it has been?
-- Ends: never
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
