-- Belief: Clicks sorted by time: the one before is the visitor's last.
-- Caught by: test_sessions_keeps_two_visitors_apart
-- Hint: With several visitors on the site, the click before is often somebody else's. Which part of OVER keeps them apart?
WITH marked AS (
    SELECT
        visitor_id,
        clicked_at,
        CASE
            WHEN clicked_at - lag(clicked_at) OVER (ORDER BY clicked_at) <= interval '30 minutes' THEN 0
            ELSE 1
        END AS begins
    FROM click
),
numbered AS (
    SELECT visitor_id, clicked_at, sum(begins) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS session_no
    FROM marked
)
SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(*) AS clicks
FROM numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
