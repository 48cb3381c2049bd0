-- Belief: With an ORDER BY in the window, sum() adds up row by row.
-- Caught by: test_running_total_adds_payments_of_one_moment_one_by_one
-- Hint: Without a frame you get RANGE: up to the last row that sorts equal to this one. Which frame stops at the row itself, and what makes its order certain?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (PARTITION BY customer_id ORDER BY paid_at) AS balance
FROM payment
ORDER BY paid_at, payment_id
