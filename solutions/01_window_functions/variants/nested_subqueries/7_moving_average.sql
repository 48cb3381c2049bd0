SELECT store_id, day, revenue, round(sum(revenue) OVER week / count(*) OVER week, 2) AS moving_average
FROM (
    SELECT s.store_id, date(p.paid_at AT TIME ZONE s.time_zone) AS day, sum(p.amount) AS revenue
    FROM payment AS p
    INNER JOIN store AS s ON s.store_id = p.store_id
    GROUP BY 1, 2
) AS daily
WINDOW week AS (PARTITION BY store_id ORDER BY day RANGE '6 days' PRECEDING)
ORDER BY day, store_id
