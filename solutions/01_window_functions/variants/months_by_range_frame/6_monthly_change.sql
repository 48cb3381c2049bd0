WITH monthly AS (
    SELECT
        store_id,
        date_trunc('month', paid_at AT TIME ZONE time_zone)::date AS month,
        sum(amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, month
),
compared AS (
    SELECT
        *,
        -- A frame that holds the month before and nothing else: empty, and the sum NULL, where there is none.
        sum(revenue) OVER (
            PARTITION BY store_id
            ORDER BY month
            RANGE BETWEEN '1 month' PRECEDING AND '1 month' PRECEDING
        ) AS previous_revenue
    FROM monthly
)
SELECT
    store_id,
    month,
    revenue,
    previous_revenue,
    revenue - previous_revenue AS change,
    round((revenue - previous_revenue) / nullif(greatest(previous_revenue, 0), 0) * 100, 1) AS change_pct
FROM compared
ORDER BY month, store_id
