-- Belief: The path shows each step, so its arrows are the depth.
-- Caught by: test_catalogue_tree_takes_names_as_they_are
-- Hint: What if somebody puts an arrow into a name? Which column could count the steps as they are made?
WITH RECURSIVE tree AS (
    SELECT category_id, place, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
) SEARCH DEPTH FIRST BY place, category_id SET tree_order
SELECT category_id, cardinality(string_to_array(path, ' > ')) - 1 AS depth, path
FROM tree
ORDER BY tree_order
