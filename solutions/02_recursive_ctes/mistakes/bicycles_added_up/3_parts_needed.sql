-- Belief: What is bought is bought for the whole factory: a part has one row.
-- Caught by: test_parts_needed_keeps_bicycles_apart
-- Hint: How many of the 5 wheels go into the bike? Which column keeps the numbers of two bicycles apart?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, component.part_id, needed.quantity * component.quantity
    FROM needed
    JOIN component ON component.assembly_id = needed.part_id
)
SELECT min(bicycle_id) AS bicycle_id, part_id, name, sum(quantity)::bigint AS quantity
FROM needed
JOIN part USING (part_id)
WHERE part_id <> bicycle_id
    AND NOT EXISTS (SELECT FROM component WHERE assembly_id = needed.part_id)
GROUP BY part_id, name
ORDER BY bicycle_id, part_id
