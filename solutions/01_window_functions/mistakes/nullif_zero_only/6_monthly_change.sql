-- Belief: A percentage is only impossible where it would divide by zero.
-- Caught by: test_monthly_change_has_no_percentage_of_zero_or_less
-- Hint: From -5 to 10 gives -300 percent: a rise that looks like a fall. For which previous revenues does a percentage make sense at all?
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
    round(100 * (revenue - previous_revenue) / nullif(previous_revenue, 0), 1) AS change_pct
FROM compared
ORDER BY month, store_id
