-- Belief: Every beginning gets the next number.
-- Caught by: test_sessions_groups_clicks_into_numbered_visits
-- Hint: Every visitor's visits begin with number 1. Over whose clicks does your second window count?
WITH marked AS (
    SELECT
        visitor_id,
        clicked_at,
        clicked_at - lag(clicked_at) OVER (PARTITION BY visitor_id ORDER BY clicked_at) > interval '30 minutes'
            AS after_pause
    FROM click
),
numbered AS (
    SELECT
        visitor_id,
        clicked_at,
        1 + count(*) FILTER (WHERE after_pause) OVER (ORDER BY clicked_at) AS session_no
    FROM marked
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(*) AS clicks
FROM numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
