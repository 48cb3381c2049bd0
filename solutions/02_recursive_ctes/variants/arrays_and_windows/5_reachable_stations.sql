with recursive ride(entrance_id, station_id, seen) as (
    select station_id, station_id, array[station_id] from station where is_entrance
  union all
    select r.entrance_id, b.to_station, r.seen || b.to_station
    from ride r, belt b
    where b.from_station = r.station_id and not b.to_station = any(r.seen)
)
select distinct on (entrance_id, station_id) entrance_id, station_id, cardinality(seen) - 1 as belts
from ride order by entrance_id, station_id, belts
