-- Belief: A bicycle is what is built, so it's never among the parts.
-- Caught by: test_parts_needed_begins_with_every_bicycle
-- Hint: A bicycle that is bought whole goes into a set. Does anybody have to buy it for that?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, component.part_id, needed.quantity * component.quantity
    FROM needed
    JOIN component ON component.assembly_id = needed.part_id
)
SELECT bicycle_id, part_id, name, sum(quantity)::bigint AS quantity
FROM needed
JOIN part USING (part_id)
WHERE NOT is_bicycle
    AND NOT EXISTS (SELECT FROM component WHERE assembly_id = needed.part_id)
GROUP BY bicycle_id, part_id, name
ORDER BY bicycle_id, part_id
