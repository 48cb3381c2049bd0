-- Belief: The rows are sorted by store and month, so the row before belongs to the same store.
-- Caught by: test_monthly_change_compares_a_store_with_itself
-- Hint: For the first month of the second store, the row before is the first store's last. Which part of OVER keeps the stores apart?
WITH monthly AS (
    SELECT store_id, date_trunc('month', paid_at AT TIME ZONE time_zone)::date AS month, sum(amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, month
),
compared AS (
    SELECT
        store_id,
        month,
        revenue,
        lag(revenue) OVER by_month AS previous_revenue
    FROM monthly
    WINDOW by_month AS (ORDER BY store_id, month)
)
SELECT
    store_id,
    month,
    revenue,
    previous_revenue,
    revenue - previous_revenue AS change,
    CASE WHEN previous_revenue > 0 THEN round(100 * (revenue - previous_revenue) / previous_revenue, 1) END
        AS change_pct
FROM compared
ORDER BY month, store_id
