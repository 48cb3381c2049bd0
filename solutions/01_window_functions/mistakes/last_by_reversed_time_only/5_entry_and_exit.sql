-- Belief: DESC turns the whole order round.
-- Caught by: test_entry_and_exit_orders_clicks_of_one_moment_by_their_number
-- Hint: DESC belongs to the one column that it follows. In which order do clicks of the same moment stand in your second window?
SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER (PARTITION BY visitor_id ORDER BY clicked_at, click_id) AS first_page,
    first_value(page) OVER (PARTITION BY visitor_id ORDER BY clicked_at DESC, click_id) AS last_page
FROM click
ORDER BY click_id
