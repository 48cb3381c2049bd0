-- Belief: The month before has the number that is lower by one.
-- Caught by: test_monthly_change_crosses_the_turn_of_the_year
-- Hint: January is 1, but the month before it isn't 0. What do you get if you subtract a month from a date instead?
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
        CASE
            WHEN extract(month FROM lag(month) OVER by_month) = extract(month FROM month) - 1
                THEN lag(revenue) OVER by_month
        END AS previous_revenue
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
