-- Belief: The running count of pauses is the number of the visit.
-- Caught by: test_sessions_groups_clicks_into_numbered_visits
-- Hint: At the visitor's first click no pause has been counted yet. Which number should the first visit have?
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
        count(*) FILTER (WHERE after_pause) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS session_no
    FROM marked
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(*) AS clicks
FROM numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
