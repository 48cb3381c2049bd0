-- Belief: Padded with zeros, texts sort as numbers do.
-- Caught by: test_catalogue_tree_sorts_places_as_numbers
-- Hint: What becomes of -1 and -2 when you pad them? An array of numbers needs no padding.
WITH RECURSIVE tree AS (
    SELECT category_id, 0 AS depth, name AS path, lpad(place::text, 6, '0') || '.' || lpad(category_id::text, 6, '0') AS tree_order
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT c.category_id, depth + 1, path || ' > ' || c.name,
        tree_order || '.' || lpad(c.place::text, 6, '0') || '.' || lpad(c.category_id::text, 6, '0')
    FROM tree
    JOIN category AS c ON c.parent_id = tree.category_id
)
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
