-- Belief: First say that the time is in UTC, then turn it into the time of the store.
-- Caught by: test_monthly_change_counts_months_by_the_clock_of_the_store
-- Hint: The first AT TIME ZONE makes a timestamptz a time on a wall, the second one reads that wall as the store's and turns it back into an instant. How many of them does a timestamptz need?
WITH monthly AS (
    SELECT
        store_id,
        date_trunc('month', paid_at AT TIME ZONE 'UTC' AT TIME ZONE time_zone)::date AS month,
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
