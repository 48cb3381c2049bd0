-- Belief: Add a thousand, pad with zeros, and a text sorts as a number does.
-- Caught by: test_catalogue_tree_sorts_places_as_numbers
-- Hint: What becomes of a place of 1000000 in four characters? An array of numbers needs no padding.
WITH RECURSIVE t AS (
    SELECT category_id, 0 AS depth, name AS path, lpad((place + 1000)::text, 4, '0') || lpad(category_id::text, 4, '0') AS k
    FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.category_id, t.depth + 1, t.path || ' > ' || c.name, t.k || lpad((c.place + 1000)::text, 4, '0') || lpad(c.category_id::text, 4, '0')
    FROM t JOIN category c ON t.category_id = c.parent_id
)
SELECT category_id, depth, path FROM t ORDER BY k
