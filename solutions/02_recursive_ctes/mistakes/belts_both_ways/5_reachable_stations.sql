-- Belief: What leads there leads back.
-- Caught by: test_reachable_stations_runs_belts_one_way
-- Hint: Which of the two columns of belt has to be the station where the frame is?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, CASE WHEN from_station = station_id THEN to_station ELSE from_station END, belts + 1
    FROM ride
    JOIN belt ON station_id IN (from_station, to_station)
) CYCLE station_id SET is_back USING stations
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
