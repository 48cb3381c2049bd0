-- Belief: The entrances share their rides: who has reached a station, has reached it for all.
-- Caught by: test_reachable_stations_keeps_the_rides_apart
-- Hint: Which entrance has this ride begun at, and which column of the row says so?
WITH RECURSIVE ride AS (
    SELECT station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = ride.station_id
) CYCLE station_id SET is_back USING stations
SELECT entrance.station_id AS entrance_id, ride.station_id, min(belts) AS belts
FROM station AS entrance, ride
WHERE is_entrance
GROUP BY entrance.station_id, ride.station_id
ORDER BY entrance_id, station_id
