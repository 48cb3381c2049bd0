-- Belief: A running total of what came in less what was built, and 0 where that is below zero.
-- Caught by: test_backlog_is_never_below_zero
-- Hint: A line that had nothing to do has built nothing: can it have bicycles to spare on the next day? Where must the zero come in?
WITH RECURSIVE daily AS (
    SELECT line_id, ordered_on AS day, sum(bicycles) AS ordered
    FROM work_order
    GROUP BY line_id, ordered_on
),
calendar AS (
    SELECT line_id, min(day) AS day
    FROM daily
    GROUP BY line_id
    UNION ALL
    SELECT line_id, day + 1
    FROM calendar
    WHERE day < (SELECT max(day) FROM daily)
),
work AS (
    SELECT
        line_id,
        day,
        coalesce(ordered, 0) AS ordered,
        capacity,
        row_number() OVER (PARTITION BY line_id ORDER BY day) AS day_no
    FROM calendar
    JOIN assembly_line USING (line_id)
    LEFT JOIN daily USING (line_id, day)
)
SELECT
    line_id,
    day,
    ordered,
    greatest(sum(ordered - capacity) OVER (PARTITION BY line_id ORDER BY day), 0)::bigint AS backlog
FROM work
ORDER BY line_id, day
