-- Belief: A product without sales has no share, so it need not be listed.
-- Caught by: test_share_of_category_has_no_share_of_nothing
-- Hint: Products without sales are missing from the list, and from the number of products in the percentile. Which join keeps them?
WITH sold AS (
    SELECT product_id, category, sum(quantity) AS units
    FROM product
    JOIN sale USING (product_id)
    GROUP BY product_id, category
)
SELECT
    product_id,
    category,
    units,
    round(100 * units / sum(units) OVER (PARTITION BY category), 2) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
