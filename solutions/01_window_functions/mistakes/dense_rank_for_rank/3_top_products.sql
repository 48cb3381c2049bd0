-- Belief: After two golds comes silver.
-- Caught by: test_top_products_lets_equal_sellers_share_a_place
-- Hint: dense_rank leaves no place out: after 1 and 1 it gives 2. Which of its siblings gives 3?
WITH sold AS (
    SELECT category, product_id, name, coalesce(sum(quantity), 0) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY category, product_id, name
),
placed AS (
    SELECT *, dense_rank() OVER (PARTITION BY category ORDER BY units DESC) AS place
    FROM sold
)
SELECT category, place, product_id, name, units
FROM placed
WHERE place <= 3
ORDER BY category, place, product_id
