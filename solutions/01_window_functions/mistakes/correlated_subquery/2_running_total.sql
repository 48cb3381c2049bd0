-- Belief: A running total is the sum of all payments so far, so each row asks for that sum.
-- Caught by: test_running_total_uses_a_window
-- Hint: The rows are right, but every one of them adds up all those before it: twice the payments, four times the work. What adds up as it goes?
SELECT
    p.payment_id,
    p.customer_id,
    p.paid_at,
    p.amount,
    (
        SELECT sum(earlier.amount)
        FROM payment AS earlier
        WHERE earlier.customer_id = p.customer_id
            AND (earlier.paid_at, earlier.payment_id) <= (p.paid_at, p.payment_id)
    ) AS balance
FROM payment AS p
ORDER BY p.paid_at, p.payment_id
