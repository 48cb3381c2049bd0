-- Belief: Stations are numbered along the floor, and belts that lead back to a lower number only make circles.
-- Caught by: test_reachable_stations_runs_belts_one_way
-- Hint: What does a station's number say about where it stands? What, if not the number, tells a way back from a way on?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id AND to_station > from_station
)
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
