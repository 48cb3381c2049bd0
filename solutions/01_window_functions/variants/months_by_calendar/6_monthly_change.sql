WITH paid AS (
    SELECT store_id, date_trunc('month', paid_at AT TIME ZONE time_zone) AS month, amount
    FROM payment
    JOIN store USING (store_id)
),
bounds AS (
    SELECT store_id, min(month) AS first_month, max(month) AS last_month
    FROM paid
    GROUP BY store_id
),
calendar AS (
    SELECT store_id, month
    FROM bounds
    CROSS JOIN LATERAL generate_series(first_month, last_month, interval '1 month') AS month
),
monthly AS (
    -- Every month of the calendar has a row, so the row before is the month before.
    SELECT
        calendar.store_id,
        calendar.month,
        sum(paid.amount) AS revenue,
        lag(sum(paid.amount)) OVER (PARTITION BY calendar.store_id ORDER BY calendar.month) AS previous_revenue
    FROM calendar
    LEFT JOIN paid USING (store_id, month)
    GROUP BY calendar.store_id, calendar.month
)
SELECT
    store_id,
    month::date AS month,
    revenue,
    previous_revenue,
    revenue - previous_revenue AS change,
    CASE WHEN previous_revenue > 0 THEN round(100 * revenue / previous_revenue - 100, 1) END AS change_pct
FROM monthly
WHERE revenue IS NOT NULL
ORDER BY month, store_id
