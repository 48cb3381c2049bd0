-- Belief: Two clicks at one moment are one that was sent twice.
-- Caught by: test_sessions_counts_every_click
-- Hint: Each click has a number of its own. What does DISTINCT say of two that happened at once?
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
        1 + count(*) FILTER (WHERE after_pause) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS session_no
    FROM marked
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(DISTINCT clicked_at) AS clicks
FROM numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
