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
            RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW
        ),
        2
    ) AS moving_average
FROM daily
ORDER BY day, store_id
