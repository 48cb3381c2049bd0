SELECT visitor_id, session_no, min(clicked_at) AS started_at, max(clicked_at) AS ended_at, count(clicked_at) AS clicks
FROM (
    SELECT visitor_id, clicked_at, sum(is_new) OVER (PARTITION BY visitor_id ORDER BY clicked_at) AS session_no
    FROM (
        SELECT
            visitor_id,
            clicked_at,
            CASE WHEN clicked_at <= lag(clicked_at) OVER w + interval '30 minutes' THEN 0 ELSE 1 END AS is_new
        FROM click
        WINDOW w AS (PARTITION BY visitor_id ORDER BY clicked_at)
    ) AS marked
) AS numbered
GROUP BY visitor_id, session_no
ORDER BY started_at, visitor_id
