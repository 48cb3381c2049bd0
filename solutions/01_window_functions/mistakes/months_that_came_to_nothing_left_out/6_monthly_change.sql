-- Belief: A month that came to nothing, or less, is a month without payments.
-- Caught by: test_monthly_change_has_no_percentage_of_zero_or_less
-- Hint: Twenty euros came in and went out again: were there payments in that month, and what does the next one compare itself with?
WITH monthly AS (
    SELECT
        store_id,
        date_trunc('month', paid_at AT TIME ZONE time_zone)::date AS month,
        sum(amount) AS revenue
    FROM payment
    JOIN store USING (store_id)
    GROUP BY store_id, month
    HAVING sum(amount) > 0
),
compared AS (
    SELECT
        store_id,
        month,
        revenue,
        CASE WHEN lag(month) OVER by_month = month - interval '1 month' THEN lag(revenue) OVER by_month END
            AS previous_revenue
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
