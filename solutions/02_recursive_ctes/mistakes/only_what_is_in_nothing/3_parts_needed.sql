-- Belief: A bicycle is what is on no parts list.
-- Caught by: test_parts_needed_begins_with_every_bicycle
-- Hint: A set of two bicycles has them on its list. Which column says what is a bicycle?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity
    FROM part
    WHERE part_id NOT IN (SELECT part_id FROM component)
    UNION ALL
    SELECT bicycle_id, component.part_id, needed.quantity * component.quantity
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
