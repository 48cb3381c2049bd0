-- Belief: The sum is a bigint, so the quantities are.
-- Caught by: test_parts_needed_is_not_bound_to_integers
-- Hint: sum() gives a bigint. What type has integer * integer, a step before it?
WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1 AS quantity FROM part WHERE is_bicycle
    UNION ALL
    SELECT bicycle_id, c.part_id, needed.quantity * c.quantity FROM needed JOIN component c ON c.assembly_id = needed.part_id
)
SELECT bicycle_id, part_id, name, sum(quantity) AS quantity FROM needed JOIN part USING (part_id)
WHERE part_id <> bicycle_id AND part_id NOT IN (SELECT assembly_id FROM component)
GROUP BY bicycle_id, part_id, name ORDER BY 1, 2
