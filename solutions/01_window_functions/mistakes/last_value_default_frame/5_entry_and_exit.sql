-- Belief: last_value gives the last value of the partition.
-- Caught by: test_entry_and_exit_knows_the_last_page_at_the_first_click
-- Hint: last_value looks at the frame, and the default frame ends at the current row. How far should it reach?
SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER visit AS first_page,
    last_value(page) OVER visit AS last_page
FROM click
WINDOW visit AS (PARTITION BY visitor_id ORDER BY clicked_at, click_id)
ORDER BY click_id
