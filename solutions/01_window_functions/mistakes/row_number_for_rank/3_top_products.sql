-- Belief: The first three rows of each category are its places 1 to 3.
-- Caught by: test_top_products_lets_equal_sellers_share_a_place
-- Hint: row_number gives equal sellers different numbers, by chance. Which function gives them the same one?
WITH sold AS (
    SELECT category, product_id, name, coalesce(sum(quantity), 0) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY category, product_id, name
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY category ORDER BY units DESC, product_id) AS place
    FROM sold
)
SELECT category, place, product_id, name, units
FROM placed
WHERE place <= 3
ORDER BY category, place, product_id
