SELECT
    product_id,
    category,
    units,
    CASE WHEN sum(units) OVER everyone > 0 THEN round(units / sum(units) OVER everyone * 100, 2) END AS share_pct,
    round(100.0 * count(*) OVER no_more / count(*) OVER everyone, 1) AS percentile
FROM (
    SELECT p.product_id, p.category, coalesce(sum(s.quantity), 0) AS units
    FROM product AS p
    LEFT JOIN sale AS s ON s.product_id = p.product_id
    GROUP BY p.product_id
) AS sold
WINDOW
    everyone AS (PARTITION BY category),
    -- Here RANGE is what is meant: equal sellers are peers and count each other.
    no_more AS (everyone ORDER BY units RANGE UNBOUNDED PRECEDING)
ORDER BY product_id
