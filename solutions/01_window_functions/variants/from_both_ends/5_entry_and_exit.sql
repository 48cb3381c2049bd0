SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER (PARTITION BY visitor_id ORDER BY clicked_at, click_id) AS first_page,
    -- The last one is the first one from behind, and that is in every frame.
    first_value(page) OVER (PARTITION BY visitor_id ORDER BY clicked_at DESC, click_id DESC) AS last_page
FROM click
ORDER BY click_id
