-- Belief: No one clicks twice at the same moment.
-- Caught by: test_entry_and_exit_orders_clicks_of_one_moment_by_their_number
-- Hint: Clicks of the same moment stand in any order the server likes. Which column says which of them came first?
SELECT
    click_id,
    visitor_id,
    page,
    first_value(page) OVER visit AS first_page,
    last_value(page) OVER visit AS last_page
FROM click
WINDOW visit AS (
    PARTITION BY visitor_id
    ORDER BY clicked_at
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
ORDER BY click_id
