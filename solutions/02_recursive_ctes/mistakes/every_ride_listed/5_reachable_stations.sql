-- Belief: Each station is found once.
-- Caught by: test_reachable_stations_finds_the_shortest_ride
-- Hint: Two ways lead to one station: how many rows has it, and which do you want?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = station_id
) CYCLE station_id SET is_back USING stations
SELECT entrance_id, station_id, belts
FROM ride
ORDER BY entrance_id, station_id
