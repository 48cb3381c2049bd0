-- Belief: The months are sorted already, for GROUP BY and again at the end, so lag() finds the month before.
-- Caught by: test_monthly_change_uses_a_window
-- Hint: Today GROUP BY happens to sort. Nobody has asked it to: which part of the window says what "before" means?
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
        store_id,
        month,
        revenue,
        CASE WHEN lag(month) OVER by_month = month - interval '1 month' THEN lag(revenue) OVER by_month END
            AS previous_revenue
    FROM monthly
    WINDOW by_month AS (PARTITION BY store_id)
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
