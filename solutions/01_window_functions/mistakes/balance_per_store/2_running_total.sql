-- Belief: Each till keeps its own balance of a customer.
-- Caught by: test_running_total_adds_up_a_customer_in_all_stores
-- Hint: The day book is that of the whole shop. What makes two payments neighbours: their customer, or also where they were made?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (
        PARTITION BY customer_id, store_id
        ORDER BY paid_at, payment_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance
FROM payment
ORDER BY paid_at, payment_id
