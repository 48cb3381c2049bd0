SELECT
    product_id,
    category,
    coalesce(sum(quantity), 0) AS units,
    round(
        coalesce(sum(quantity), 0) * 100.0 / sum(sum(quantity)) OVER (PARTITION BY category), 2
    ) AS share_pct,
    round((100 * cume_dist() OVER (PARTITION BY category ORDER BY sum(quantity) NULLS FIRST))::numeric, 1)
        AS percentile
FROM product
LEFT JOIN sale USING (product_id)
GROUP BY product_id
ORDER BY product_id
