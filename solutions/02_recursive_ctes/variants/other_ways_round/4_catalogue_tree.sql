-- Neighbours numbered first: from 1 on, padding with zeros is as good as numbers.
WITH RECURSIVE numbered AS (
    SELECT *, lpad(row_number() OVER (PARTITION BY parent_id ORDER BY place, category_id)::text, 9, '0') AS number FROM category
),
tree AS (
    SELECT category_id, 0 AS depth, name AS path, number AS sorted_by FROM numbered WHERE parent_id IS NULL
    UNION ALL
    SELECT n.category_id, depth + 1, concat(path, ' > ', n.name), sorted_by || n.number
    FROM tree JOIN numbered AS n ON n.parent_id = tree.category_id
)
SELECT category_id, depth, path FROM tree ORDER BY sorted_by
