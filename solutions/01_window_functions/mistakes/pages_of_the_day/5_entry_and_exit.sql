-- Belief: The first and the last page are those of the day.
-- Caught by: test_entry_and_exit_knows_visitors_who_come_back
-- Hint: The task asks for the pages that the visitor ever opened. What makes two clicks neighbours, then?
SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER visit AS first_page,
    last_value(page) OVER visit AS last_page
FROM click
WINDOW visit AS (
    PARTITION BY visitor_id, clicked_at::date
    ORDER BY clicked_at, click_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
ORDER BY click_id
