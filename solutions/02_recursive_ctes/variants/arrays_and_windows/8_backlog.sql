-- No recursion: the backlog is how far the running total stands above its lowest point so far, or above 0.
with calendar as (
    select line_id, capacity, day::date
    from (select line_id, min(ordered_on) as first_day from work_order group by line_id) began
    join assembly_line using (line_id)
    cross join (select max(ordered_on) as last_day from work_order) ended
    cross join generate_series(first_day, last_day, interval '1 day') as day
), work as (
    select c.line_id, c.day, c.capacity,
           coalesce((select sum(bicycles) from work_order w where w.line_id = c.line_id and w.ordered_on = c.day), 0) as ordered
    from calendar c
), running as (
    select *, sum(ordered - capacity) over (partition by line_id order by day) as level from work
)
select line_id, day, ordered, (level - least(0, min(level) over (partition by line_id order by day)))::bigint as backlog
from running
order by line_id, day
