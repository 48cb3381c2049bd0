-- Belief: What stands at the same place is sorted by its name, as in any list.
-- Caught by: test_catalogue_tree_sorts_neighbours_of_one_place_by_number
-- Hint: What does the task say of names, and what decides between equal places?
WITH RECURSIVE tree AS (
    SELECT category_id, place, name, 0 AS depth, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, category.name, depth + 1, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
) SEARCH DEPTH FIRST BY place, name, category_id SET tree_order
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
