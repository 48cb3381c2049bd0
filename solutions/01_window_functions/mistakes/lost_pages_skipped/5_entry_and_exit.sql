-- Belief: A click without a page can't be the first or the last page.
-- Caught by: test_entry_and_exit_counts_clicks_whose_page_was_lost
-- Hint: You leave out the clicks whose page was lost. Does the visitor's first click stop being the first because we don't know its page?
WITH known AS (
    SELECT
        click_id,
        visitor_id,
        page,
        first_value(page) OVER (
            PARTITION BY visitor_id ORDER BY page IS NULL, clicked_at, click_id
        ) AS first_page,
        first_value(page) OVER (
            PARTITION BY visitor_id ORDER BY page IS NULL, clicked_at DESC, click_id DESC
        ) AS last_page
    FROM click
)
SELECT * FROM known ORDER BY click_id
