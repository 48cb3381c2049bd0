-- Belief: The row before is the month before.
-- Caught by: test_monthly_change_has_nothing_to_compare_after_a_missing_month
-- Hint: lag() gives the row before, even if it is from months ago. How can a row find out which month that row is?
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
    WINDOW by_month AS (PARTITION BY store_id ORDER BY month)
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
