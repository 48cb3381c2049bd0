-- Belief: The reports are made in Lisbon, so months are Lisbon's.
-- Caught by: test_monthly_change_counts_months_by_the_clock_of_the_store
-- Hint: When it is 22:00 in Lisbon, the next day is well under way in Auckland. Which table knows the clock of each store?
WITH monthly AS (
    SELECT store_id, date_trunc('month', paid_at AT TIME ZONE 'Europe/Lisbon')::date AS month, sum(amount) AS revenue
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
