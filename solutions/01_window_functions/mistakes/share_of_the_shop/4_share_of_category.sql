-- Belief: OVER () is the total to compare with.
-- Caught by: test_share_of_category_compares_with_its_own_category
-- Hint: OVER () sees every row of the shop. How does a window see the rows of one category only?
WITH sold AS (
    SELECT product_id, category, coalesce(sum(quantity), 0) AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY product_id, category
)
SELECT
    product_id,
    category,
    units,
    round(100 * units / nullif(sum(units) OVER (), 0), 2) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
