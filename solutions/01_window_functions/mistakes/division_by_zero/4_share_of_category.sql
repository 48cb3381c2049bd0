-- Belief: Every category has sold something.
-- Caught by: test_share_of_category_has_no_share_of_nothing
-- Hint: Dividing by zero ends the whole query, not only this row. What gives NULL for the total 0, so that the share is NULL too?
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
    round(100 * units / sum(units) OVER (PARTITION BY category), 2) AS share_pct,
    round(100 * cume_dist() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
