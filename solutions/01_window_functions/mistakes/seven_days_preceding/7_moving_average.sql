-- Belief: The last 7 days begin 7 days ago.
-- Caught by: test_moving_average_leaves_out_the_day_a_week_ago
-- Hint: From 7 days ago until today, both included, are how many days?
WITH daily AS (
    SELECT store_id, (paid_at AT TIME ZONE time_zone)::date AS day, sum(amount) AS revenue
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
            RANGE BETWEEN interval '7 days' PRECEDING AND CURRENT ROW
        ),
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
