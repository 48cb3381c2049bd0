-- Belief: The test wants these rows, so the query may as well say them.
-- Caught by: test_latest_address_uses_a_window
-- Hint: These rows fit one data set. What does a report do when the next customer moves?
SELECT customer_id, address_id, city, recorded_at::timestamptz
FROM (
    VALUES
        (3, 4, 'Hamilton', '2025-02-01 03:15+00'),
        (2, 2, 'Auckland', '2025-01-12 02:00+00'),
        (1, 3, 'Porto', '2025-01-25 14:30+00')
) AS answer (customer_id, address_id, city, recorded_at)
ORDER BY customer_id DESC
