-- Belief: The places on the way down say where a category stands.
-- Caught by: test_catalogue_tree_keeps_branches_of_equal_places_apart
-- Hint: Two neighbours have the same place: what does the array of a child of each look like, and what could tell them apart on every level?
WITH RECURSIVE tree AS (
    SELECT category_id, 0 AS depth, name AS path, ARRAY[place] AS places
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT c.category_id, depth + 1, path || ' > ' || c.name, places || c.place
    FROM tree
    JOIN category AS c ON c.parent_id = tree.category_id
)
SELECT category_id, depth, path
FROM tree
ORDER BY places, category_id
