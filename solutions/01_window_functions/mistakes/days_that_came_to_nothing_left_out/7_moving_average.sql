-- Belief: A day that came to nothing, or less, is no day with revenue.
-- Caught by: test_moving_average_counts_days_that_come_to_nothing
-- Hint: What does the task ask of a day that is listed: that something was left in the end, or that there were payments?
WITH daily AS (
    SELECT store_id, (paid_at AT TIME ZONE time_zone)::date AS day, sum(amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, day
    HAVING sum(amount) > 0
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
