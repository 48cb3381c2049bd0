SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER visit AS first_page,
    last_value(page) OVER visit AS last_page
FROM click
WINDOW visit AS (
    PARTITION BY visitor_id
    ORDER BY clicked_at, click_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
ORDER BY click_id
