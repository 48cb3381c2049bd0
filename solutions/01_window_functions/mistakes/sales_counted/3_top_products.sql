-- Belief: A row of sale is one unit sold.
-- Caught by: test_top_products_lists_the_podium_of_every_category
-- Hint: Somebody buys 3 at once: how many rows are that, and how many units?
WITH sold AS (
    SELECT category, product_id, name, count(quantity) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY category, product_id, name
),
placed AS (
    SELECT *, rank() OVER (PARTITION BY category ORDER BY units DESC) AS place
    FROM sold
)
SELECT category, place, product_id, name, units
FROM placed
WHERE place <= 3
ORDER BY category, place, product_id
