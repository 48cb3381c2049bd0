-- Belief: A visit has half-hour slots that are counted from the visitor's first click.
-- Caught by: test_sessions_lets_a_visit_last_past_midnight
-- Hint: A visitor who clicks every 25 minutes never pauses. From which click to which do you measure?
WITH slotted AS (
    SELECT
        visitor_id,
        clicked_at,
        dense_rank() OVER (
            PARTITION BY visitor_id
            ORDER BY floor(extract(epoch FROM clicked_at - first_click) / 1800)
        ) AS session_no
    FROM (SELECT *, min(clicked_at) OVER (PARTITION BY visitor_id) AS first_click FROM click) AS known
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(*) AS clicks
FROM slotted
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
