-- Belief: Numbers are given out by the alphabet, so sorting by name is sorting by product_id.
-- Caught by: test_top_products_lets_equal_sellers_share_a_place
-- Hint: Ceylon was on the price list before Assam. By which column are products listed that share a place?
WITH sold AS (
    SELECT category, product_id, name, coalesce(sum(quantity), 0) AS units
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
ORDER BY category, place, name
