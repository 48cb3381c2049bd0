-- Belief: SEARCH sorts the rows as a tree.
-- Caught by: test_catalogue_tree_lists_a_category_before_what_is_in_it
-- Hint: One kind of SEARCH goes level by level, the other branch by branch. Which of them do you read a table of contents in?
WITH RECURSIVE tree AS (
    SELECT category_id, place, 0 AS depth, name AS path
    FROM category
    WHERE parent_id IS NULL
    UNION ALL
    SELECT category.category_id, category.place, depth + 1, path || ' > ' || category.name
    FROM tree
    JOIN category ON category.parent_id = tree.category_id
) SEARCH BREADTH FIRST BY place, category_id SET tree_order
SELECT category_id, depth, path
FROM tree
ORDER BY tree_order
