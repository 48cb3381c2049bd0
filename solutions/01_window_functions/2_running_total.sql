SELECT
    payment_id,
    customer_id,
    paid_at,
    amount,
    sum(amount) OVER (
        PARTITION BY customer_id
        ORDER BY paid_at, payment_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS balance
FROM payment
ORDER BY paid_at, payment_id
