WITH RECURSIVE tree AS (
    SELECT category_id, place, 0 AS depth, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, depth + 1, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
) SEARCH DEPTH FIRST BY place, category_id SET tree_order
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
