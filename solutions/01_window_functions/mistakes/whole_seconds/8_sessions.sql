-- Belief: A pause is a whole number of seconds.
-- Caught by: test_sessions_goes_on_after_exactly_half_an_hour
-- Hint: As an integer, 1800.4 seconds are 1800. What could you compare the pause with as it is, an interval?
WITH marked AS (
    SELECT
        visitor_id,
        clicked_at,
        extract(
            epoch FROM clicked_at - lag(clicked_at) OVER (PARTITION BY visitor_id ORDER BY clicked_at)
        )::integer > 1800 AS after_pause
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
