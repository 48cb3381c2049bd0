-- Belief: A product's place from below, divided by the number of products, is its percentile.
-- Caught by: test_share_of_category_gives_equal_sellers_one_percentile
-- Hint: row_number tells equal sellers apart, so only the last of them counts all the others. Which window function counts peers together?
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
    round(100 * units / nullif(sum(units) OVER (PARTITION BY category), 0), 2) AS share_pct,
    round(
        100.0 * row_number() OVER (PARTITION BY category ORDER BY units, product_id)
        / count(*) OVER (PARTITION BY category),
        1
    ) AS percentile
FROM sold
ORDER BY product_id
