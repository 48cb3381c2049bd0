-- Belief: How many are needed stands on the parts list.
-- Caught by: test_parts_needed_multiplies_on_the_way_down
-- Hint: The list says how many for one wheel. How many wheels are there at that point, and does your row know?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, component.part_id, component.quantity::bigint
    FROM needed
    JOIN component ON component.assembly_id = needed.part_id
)
SELECT bicycle_id, part_id, name, sum(quantity)::bigint AS quantity
FROM needed
JOIN part USING (part_id)
WHERE part_id <> bicycle_id
    AND NOT EXISTS (SELECT FROM component WHERE assembly_id = needed.part_id)
GROUP BY bicycle_id, part_id, name
ORDER BY bicycle_id, part_id
