-- Belief: Two months that begin less than 60 days apart follow one another.
-- Caught by: test_monthly_change_has_nothing_to_compare_after_a_missing_month
-- Hint: From 1 January to 1 March it's 59 days. What do you get if you subtract a month from a date instead?
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
        CASE WHEN month - lag(month) OVER by_month < 60 THEN lag(revenue) OVER by_month END AS previous_revenue
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
