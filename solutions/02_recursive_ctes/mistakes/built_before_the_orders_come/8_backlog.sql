-- Belief: A line builds what was left over, and the orders of the day come on top.
-- Caught by: test_backlog_carries_over_what_is_left
-- Hint: An order for 4 comes to a line that can build 10 a day and has nothing else to do: what is left of it in the evening?
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
),
passed AS (
    SELECT line_id, day, day_no, ordered, ordered AS backlog
    FROM work
    WHERE day_no = 1
    UNION ALL
    SELECT work.line_id, work.day, work.day_no, work.ordered, greatest(backlog - capacity, 0) + work.ordered
    FROM passed
    JOIN work ON work.line_id = passed.line_id AND work.day_no = passed.day_no + 1
)
SELECT line_id, day, ordered, backlog
FROM passed
ORDER BY line_id, day
