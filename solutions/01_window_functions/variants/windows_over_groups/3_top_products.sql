WITH placed AS (
    SELECT
        category,
        rank() OVER (PARTITION BY category ORDER BY sum(quantity) DESC NULLS LAST) AS place,
        product_id,
        name,
        coalesce(sum(quantity), 0) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY product_id
)
SELECT * FROM placed WHERE place < 4 ORDER BY category, place, product_id
