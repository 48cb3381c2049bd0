-- Belief: Payments are numbered as they are made, so payment_id is the order of time.
-- Caught by: test_running_total_follows_the_clock_not_the_numbers
-- Hint: A till that was offline sends its payments later. Which column knows when they were made?
SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (PARTITION BY customer_id ORDER BY payment_id) AS balance
FROM payment
ORDER BY paid_at, payment_id
