-- Belief: extract(minute ...) of the pause is its length in minutes.
-- Caught by: test_sessions_goes_on_after_exactly_half_an_hour
-- Hint: The minutes of 01:05:00 are 5. What could you compare the whole pause with?
WITH marked AS (
    SELECT
        visitor_id,
        clicked_at,
        extract(minute FROM clicked_at - lag(clicked_at) OVER (PARTITION BY visitor_id ORDER BY clicked_at)) > 30
            AS after_pause
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
