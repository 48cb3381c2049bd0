-- Belief: A new day is a new visit.
-- Caught by: test_sessions_lets_a_visit_last_past_midnight
-- Hint: The visitor didn't notice that it was midnight. Which rule says that a visit ends, and does it speak of days?
WITH marked AS (
    SELECT
        visitor_id,
        clicked_at,
        clicked_at - lag(clicked_at) OVER (
            PARTITION BY visitor_id, clicked_at::date ORDER BY clicked_at
        ) > interval '30 minutes'
        OR clicked_at::date > lag(clicked_at::date) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS after_pause
    FROM click
),
numbered AS (
    SELECT
        visitor_id,
        clicked_at,
        1 + count(*) FILTER (WHERE after_pause) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS session_no
    FROM marked
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(*) AS clicks
FROM numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
