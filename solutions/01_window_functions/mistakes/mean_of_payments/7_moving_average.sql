-- Belief: The mean of the week's payments is the mean of its days.
-- Caught by: test_moving_average_smooths_each_store_over_its_days
-- Hint: A day with two payments counts twice in your mean. What should there be one row for before you take it?
WITH paid AS (
    SELECT
        store_id,
        (paid_at AT TIME ZONE time_zone)::date AS day,
        amount,
        avg(amount) OVER (
            PARTITION BY store_id
            ORDER BY (paid_at AT TIME ZONE time_zone)::date
            RANGE BETWEEN '6 days' PRECEDING AND CURRENT ROW
        ) AS mean
    FROM payment
    JOIN store USING (store_id)
)
SELECT store_id, day, sum(amount) AS revenue, round(min(mean), 2) AS moving_average
FROM paid
GROUP BY store_id, day
ORDER BY day, store_id
