-- Belief: A product that never sold has no share.
-- Caught by: test_share_of_category_has_no_share_of_nothing
-- Hint: Its category sold 5 units, it sold 0 of them: how many percent is that? Which of the two zeros must not stand below the line?
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
    -- sum() over bigint is numeric, so that nothing is cut off here.
    round(100 * nullif(units, 0) / sum(units) OVER (PARTITION BY category), 2) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
