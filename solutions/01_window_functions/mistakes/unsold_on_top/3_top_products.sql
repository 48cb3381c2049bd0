-- Belief: A sum over no sales is nothing, and nothing comes last.
-- Caught by: test_top_products_puts_unsold_products_behind_all_others
-- Hint: The sum over no rows is NULL, and sorted descending NULL comes first. What should the window sort by instead?
WITH placed AS (
    SELECT
        category,
        product_id,
        name,
        coalesce(sum(quantity), 0) AS units,
        rank() OVER (PARTITION BY category ORDER BY sum(quantity) DESC) AS place
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY category, product_id, name
)
SELECT category, place, product_id, name, units
FROM placed
WHERE place <= 3
ORDER BY category, place, product_id
