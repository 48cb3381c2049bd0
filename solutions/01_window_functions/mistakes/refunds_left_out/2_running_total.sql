-- Belief: A refund is no payment: what a customer has paid in all is the sum of what came in.
-- Caught by: test_running_total_adds_up_each_customer_in_the_day_book
-- Hint: What has a customer paid in all who was given 5.00 back?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) FILTER (WHERE amount > 0) OVER (
        PARTITION BY customer_id
        ORDER BY paid_at, payment_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance
FROM payment
ORDER BY paid_at, payment_id
