-- Belief: Joining each payment with all earlier ones and grouping gives the running total.
-- Caught by: test_running_total_uses_a_window
-- Hint: The rows are right, but the join makes a row for every pair of payments. What sees the earlier rows without pairing them?
SELECT p.payment_id, p.customer_id, p.paid_at, p.amount, sum(earlier.amount) AS balance
FROM payment AS p
JOIN payment AS earlier
    ON earlier.customer_id = p.customer_id
    AND (earlier.paid_at, earlier.payment_id) <= (p.paid_at, p.payment_id)
GROUP BY p.payment_id
ORDER BY p.paid_at, p.payment_id
