-- Belief: ROWS alone puts payments of the same moment in order.
-- Caught by: test_running_total_adds_payments_of_one_moment_one_by_one
-- Hint: ROWS stops at the row, but which of two equal rows comes first is left to the server. What would settle it?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (
        PARTITION BY customer_id ORDER BY paid_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance
FROM payment
ORDER BY paid_at, payment_id
