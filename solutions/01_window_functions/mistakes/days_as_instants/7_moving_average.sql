-- Belief: Midnight in the store's time zone is as good as the date, and six days before it is the same midnight.
-- Caught by: test_moving_average_counts_days_by_the_clock_of_the_store
-- Hint: In the week when the clocks go back, six midnights ago is 145 hours ago, and the frame reaches 144. Which type has days but no hours?
WITH daily AS (
    SELECT store_id, time_zone, date_trunc('day', paid_at, time_zone) AS midnight, sum(amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, time_zone, midnight
)
SELECT
    store_id,
    (midnight AT TIME ZONE time_zone)::date AS day,
    revenue,
    round(
        avg(revenue) OVER (
            PARTITION BY store_id
            ORDER BY midnight
            RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW
        ),
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
