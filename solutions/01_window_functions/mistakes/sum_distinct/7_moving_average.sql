-- Belief: DISTINCT keeps a join from counting a payment twice.
-- Caught by: test_moving_average_adds_up_equal_payments
-- Hint: DISTINCT looks at the amounts, not at the payments: two of 6.00 become one. Does the join give any payment twice at all?
WITH daily AS (
    SELECT store_id, (paid_at AT TIME ZONE time_zone)::date AS day, sum(DISTINCT amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, day
)
SELECT
    store_id,
    day,
    revenue,
    round(
        avg(revenue) OVER (
            PARTITION BY store_id
            ORDER BY day
            RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW
        ),
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
