SELECT store_id, month, revenue, previous_revenue, change, round(100 * change / base, 1) AS change_pct
FROM (
    SELECT
        *,
        revenue - previous_revenue AS change,
        CASE WHEN previous_revenue > 0 THEN previous_revenue END AS base
    FROM (
        SELECT
            store_id,
            month,
            revenue,
            CASE lag(month) OVER w WHEN (month - interval '1 month')::date THEN lag(revenue) OVER w END
                AS previous_revenue
        FROM (
            SELECT
                s.store_id,
                CAST(date_trunc('month', timezone(s.time_zone, p.paid_at)) AS date) AS month,
                sum(p.amount) AS revenue
            FROM store AS s, payment AS p
            WHERE s.store_id = p.store_id
            GROUP BY 1, 2
        ) AS monthly
        WINDOW w AS (PARTITION BY store_id ORDER BY month)
    ) AS compared
) AS changed
ORDER BY month, store_id
