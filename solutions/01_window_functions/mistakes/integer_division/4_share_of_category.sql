-- Belief: round(..., 2) gives two decimals.
-- Caught by: test_share_of_category_keeps_two_decimals
-- Hint: Whole numbers are divided to a whole number, and round() can't bring back what is cut off by then. What should be a numeric before the division?
WITH sold AS (
    SELECT product_id, category, coalesce(sum(quantity), 0)::integer AS units
    FROM product
    LEFT JOIN sale USING (product_id)
    GROUP BY product_id, category
)
SELECT
    product_id,
    category,
    units::bigint,
    round(100 * units / nullif(sum(units) OVER (PARTITION BY category), 0), 2) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
