-- Belief: Six rows up and this one are seven days.
-- Caught by: test_moving_average_looks_back_over_days_not_rows
-- Hint: Days without payments have no row, so six rows up may be months ago. Which frame measures in days?
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
            ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
        ),
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
