-- Belief: Ids were given out in the order of the catalogue.
-- Caught by: test_catalogue_tree_sorts_neighbours_by_place
-- Hint: Which column says where a category stands among its neighbours? It has to be in the array, before the id.
WITH RECURSIVE tree AS (
    SELECT category_id, place, 0 AS depth, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, depth + 1, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
) SEARCH DEPTH FIRST BY category_id SET tree_order
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
