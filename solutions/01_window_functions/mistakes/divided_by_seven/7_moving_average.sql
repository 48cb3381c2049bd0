-- Belief: The mean of a week is its sum divided by 7.
-- Caught by: test_moving_average_smooths_each_store_over_its_days
-- Hint: You divide by 7 even where the store had payments on three days only. How many days are there in the frame?
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
        sum(revenue) OVER (
            PARTITION BY store_id
            ORDER BY day
            RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW
        ) / 7,
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
