SELECT click_id, visitor_id, page, first_value(page) OVER w AS first_page, nth_value(page, n) OVER w AS last_page
FROM (SELECT *, count(*) OVER (PARTITION BY visitor_id)::integer AS n FROM click) AS counted
WINDOW w AS (
    PARTITION BY visitor_id
    ORDER BY clicked_at, click_id
    GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
ORDER BY click_id
