-- Belief: The days are in work_order.
-- Caught by: test_backlog_carries_over_what_is_left
-- Hint: On a day without orders the line works all the same. Is that day in your list?
WITH RECURSIVE work AS (
    SELECT
        line_id,
        ordered_on AS day,
        sum(bicycles) AS ordered,
        capacity,
        row_number() OVER (PARTITION BY line_id ORDER BY ordered_on) AS day_no
    FROM work_order
    JOIN assembly_line USING (line_id)
    GROUP BY line_id, ordered_on, capacity
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
