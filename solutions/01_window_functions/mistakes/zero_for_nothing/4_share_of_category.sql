-- Belief: Where nothing was sold, the share is zero.
-- Caught by: test_share_of_category_has_no_share_of_nothing
-- Hint: Zero percent of 30 units is 0. What is each product's part in no units at all, and what should the parts of a category add up to?
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
    coalesce(round(100 * units / nullif(sum(units) OVER (PARTITION BY category), 0), 2), 0) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
