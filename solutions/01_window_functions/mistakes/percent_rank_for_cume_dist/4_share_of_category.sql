-- Belief: percent_rank is the percentile, its name says so.
-- Caught by: test_share_of_category_compares_with_its_own_category
-- Hint: percent_rank counts those that sold less, out of the others: the lowest gets 0. Which function counts those that sold no more, itself included?
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
    round(100 * percent_rank() OVER (PARTITION BY category ORDER BY units)::numeric, 1) AS percentile
FROM sold
ORDER BY product_id
