-- Belief: Everything that is on a parts list is needed.
-- Caught by: test_parts_needed_lists_what_is_bought
-- Hint: Who buys a wheel that is built here of rim and spokes?
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
WHERE part_id <> bicycle_id
GROUP BY bicycle_id, part_id, name
ORDER BY bicycle_id, part_id
