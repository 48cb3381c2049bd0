-- Belief: The path sorts the tree.
-- Caught by: test_catalogue_tree_sorts_neighbours_by_place
-- Hint: The path is made of names. What do names say about the place?
WITH RECURSIVE tree AS (
    SELECT category_id, place, 0 AS depth, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, depth + 1, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
)
SELECT category_id, depth, path
FROM tree
ORDER BY path
