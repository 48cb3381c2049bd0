-- Belief: Products and their sales are joined; a product without sales has no units to show.
-- Caught by: test_top_products_lets_unsold_products_take_part
-- Hint: JOIN keeps only products that have a sale. Which join keeps the others, what is their sum then, and what does a WHERE do to the NULLs of a LEFT JOIN?
WITH sold AS (
    SELECT category, product_id, name, sum(quantity) AS units
    FROM product
    JOIN sale USING (product_id)
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
