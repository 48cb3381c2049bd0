-- Belief: A part is known by its name.
-- Caught by: test_parts_needed_counts_equal_ways_twice
-- Hint: Two parts are called lamp. How many rows do they make, grouped by name?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, component.part_id, needed.quantity * component.quantity
    FROM needed
    JOIN component ON component.assembly_id = needed.part_id
)
SELECT bicycle_id, min(part_id) AS part_id, name, sum(quantity)::bigint AS quantity
FROM needed
JOIN part USING (part_id)
WHERE part_id <> bicycle_id
    AND NOT EXISTS (SELECT FROM component WHERE assembly_id = needed.part_id)
GROUP BY bicycle_id, name
ORDER BY bicycle_id, part_id
