-- Belief: paid_at::date is the day of the payment.
-- Caught by: test_moving_average_counts_days_by_the_clock_of_the_store
-- Hint: ::date cuts the instant in the session's time zone, here UTC. What day does the wall in Auckland show at that moment?
WITH daily AS (
    SELECT store_id, paid_at::date AS day, sum(amount) AS revenue
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
