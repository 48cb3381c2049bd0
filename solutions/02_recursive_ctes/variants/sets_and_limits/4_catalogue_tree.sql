WITH RECURSIVE tree AS (
    SELECT category_id, parent_id, place, name, name AS path, 0 AS depth FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.category_id, c.parent_id, c.place, c.name, t.path || ' > ' || c.name, t.depth + 1
    FROM tree AS t JOIN category AS c ON c.parent_id = t.category_id
) SEARCH DEPTH FIRST BY place, category_id SET o CYCLE category_id SET is_back USING past
SELECT category_id, depth, path FROM tree WHERE NOT is_back ORDER BY o
