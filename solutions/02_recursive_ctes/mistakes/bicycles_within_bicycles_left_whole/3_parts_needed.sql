-- Belief: A bicycle on a parts list is bought.
-- Caught by: test_parts_needed_begins_with_every_bicycle
-- Hint: A set of two bicycles that are built here: who buys them? What does the rule call a bought part?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, component.part_id, needed.quantity * component.quantity
    FROM needed
    JOIN component ON component.assembly_id = needed.part_id
    JOIN part ON part.part_id = component.part_id
    WHERE NOT part.is_bicycle
)
SELECT bicycle_id, part_id, name, sum(quantity)::bigint AS quantity
FROM needed
JOIN part USING (part_id)
WHERE part_id <> bicycle_id
    AND NOT EXISTS (SELECT FROM component WHERE assembly_id = needed.part_id)
GROUP BY bicycle_id, part_id, name
ORDER BY bicycle_id, part_id
