WITH edges AS (
    SELECT
        visitor_id,
        clicked_at,
        row_number() OVER forwards AS place,
        coalesce(clicked_at - lag(clicked_at) OVER forwards > '30 minutes', true) AS opens,
        coalesce(lead(clicked_at) OVER forwards - clicked_at > '30 minutes', true) AS closes
    FROM click
    WINDOW forwards AS (PARTITION BY visitor_id ORDER BY clicked_at, click_id)
),
visits AS (
    -- Only first and last clicks of visits are left: the row after an opening one is the closing one, or it is both.
    SELECT
        visitor_id,
        opens,
        row_number() OVER (PARTITION BY visitor_id, opens ORDER BY place) AS session_no,
        clicked_at AS started_at,
        CASE WHEN closes THEN clicked_at ELSE lead(clicked_at) OVER w END AS ended_at,
        CASE WHEN closes THEN 1 ELSE lead(place) OVER w - place + 1 END AS clicks
    FROM edges
    WHERE opens OR closes
    WINDOW w AS (PARTITION BY visitor_id ORDER BY place)
)
SELECT visitor_id, session_no, started_at, ended_at, clicks
FROM visits
WHERE opens
ORDER BY started_at, visitor_id
