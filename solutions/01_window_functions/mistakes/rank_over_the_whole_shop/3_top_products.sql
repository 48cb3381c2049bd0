-- Belief: ORDER BY category inside the window keeps the categories apart.
-- Caught by: test_top_products_lists_the_podium_of_every_category
-- Hint: The places go on from one category to the next. Which part of OVER begins to count anew?
WITH sold AS (
    SELECT category, product_id, name, coalesce(sum(quantity), 0) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY category, product_id, name
),
placed AS (
    SELECT *, rank() OVER (ORDER BY category, units DESC) AS place
    FROM sold
)
SELECT category, place, product_id, name, units
FROM placed
WHERE place <= 3
ORDER BY category, place, product_id
