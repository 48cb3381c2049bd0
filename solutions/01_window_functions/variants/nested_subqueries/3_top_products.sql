SELECT *
FROM (
    SELECT sold.category, rank() OVER w AS place, sold.product_id, sold.name, sold.units
    FROM (
        SELECT p.category, p.product_id, p.name, coalesce(sum(s.quantity), 0) AS units
        FROM sale AS s
        RIGHT JOIN product AS p ON p.product_id = s.product_id
        GROUP BY p.product_id
    ) AS sold
    WINDOW w AS (PARTITION BY sold.category ORDER BY sold.units DESC)
) AS placed
WHERE placed.place BETWEEN 1 AND 3
ORDER BY 1, 2, 3
