WITH RECURSIVE bounds AS (
    SELECT line_id, min(ordered_on) AS first_day FROM work_order GROUP BY line_id
),
passed AS (
    SELECT line_id, first_day - 1 AS day, 0::bigint AS ordered, 0::bigint AS backlog FROM bounds
    UNION ALL
    SELECT line_id, day + 1, given.bicycles, greatest(0, backlog + given.bicycles - capacity)
    FROM passed
    JOIN assembly_line USING (line_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(bicycles), 0) AS bicycles
        FROM work_order WHERE work_order.line_id = passed.line_id AND ordered_on = passed.day + 1
    ) AS given
    WHERE day < (SELECT max(ordered_on) FROM work_order)
)
SELECT line_id, day, ordered, backlog FROM passed JOIN bounds USING (line_id) WHERE day >= first_day
ORDER BY line_id, day
