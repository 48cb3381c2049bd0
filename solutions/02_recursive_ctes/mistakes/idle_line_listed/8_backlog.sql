-- Belief: Every assembly line has its days: one that was never given work has the last.
-- Caught by: test_backlog_lists_no_line_without_orders
-- Hint: On which day does a calendar begin that runs from the first order on, if there is none?
WITH RECURSIVE daily AS (
    SELECT line_id, ordered_on AS day, sum(bicycles) AS ordered
    FROM work_order
    GROUP BY line_id, ordered_on
),
calendar AS (
    SELECT line_id, coalesce(min(day), (SELECT max(day) FROM daily)) AS day
    FROM assembly_line
    LEFT JOIN daily USING (line_id)
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
    SELECT line_id, day, day_no, ordered, greatest(ordered - capacity, 0) AS backlog
    FROM work
    WHERE day_no = 1
    UNION ALL
    SELECT work.line_id, work.day, work.day_no, work.ordered, greatest(backlog + work.ordered - capacity, 0)
    FROM passed
    JOIN work ON work.line_id = passed.line_id AND work.day_no = passed.day_no + 1
)
SELECT line_id, day, ordered, backlog
FROM passed
ORDER BY line_id, day
