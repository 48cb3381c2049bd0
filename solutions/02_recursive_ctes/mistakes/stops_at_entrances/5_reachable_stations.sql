-- Belief: A ride that comes to another entrance is that entrance's ride from there on.
-- Caught by: test_reachable_stations_runs_through_other_entrances
-- Hint: Which rides have the stations behind that entrance in their list, and whose list should they be in as well?
WITH RECURSIVE ride AS (
    SELECT station_id AS entrance_id, station_id, 0 AS belts
    FROM station
    WHERE is_entrance
    UNION ALL
    SELECT entrance_id, to_station, belts + 1
    FROM ride
    JOIN belt ON from_station = ride.station_id
    JOIN station ON station.station_id = to_station AND NOT is_entrance
) CYCLE station_id SET is_back USING stations
SELECT entrance_id, station_id, min(belts) AS belts
FROM ride
GROUP BY entrance_id, station_id
ORDER BY entrance_id, station_id
