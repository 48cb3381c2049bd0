-- Belief: The ORDER BY of the window sorts the result as well.
-- Caught by: test_running_total_adds_up_each_customer_in_the_day_book
-- Hint: The window sorts for itself, customer by customer. What sorts the result?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (
        PARTITION BY customer_id ORDER BY paid_at, payment_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance
FROM payment
