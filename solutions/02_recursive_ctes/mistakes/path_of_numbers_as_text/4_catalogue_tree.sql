-- Belief: Places joined with dots sort as places do: 1.9, 1.10.
-- Caught by: test_catalogue_tree_sorts_places_as_numbers
-- Hint: Which is the smaller text, '9' or '10'? Which type is compared number by number?
WITH RECURSIVE tree AS (
    SELECT category_id, 0 AS depth, name AS path, place || '.' || category_id AS tree_order
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT c.category_id, depth + 1, path || ' > ' || c.name, tree_order || '.' || c.place || '.' || c.category_id
    FROM tree
    JOIN category AS c ON c.parent_id = tree.category_id
)
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
