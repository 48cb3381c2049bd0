SELECT
    store_id,
    (paid_at AT TIME ZONE time_zone)::date AS day,
    sum(amount) AS revenue,
    avg(sum(amount)) OVER (
        PARTITION BY store_id
        ORDER BY (paid_at AT TIME ZONE time_zone)::date
        RANGE BETWEEN '6 days' PRECEDING AND CURRENT ROW
    )::numeric(12, 2) AS moving_average
FROM payment
JOIN store USING (store_id)
GROUP BY store_id, day
ORDER BY day, store_id
