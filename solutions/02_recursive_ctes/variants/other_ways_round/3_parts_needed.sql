WITH RECURSIVE needed AS (
    SELECT part_id AS bicycle_id, part_id, 1::bigint AS quantity, '{}'::integer[] AS lines FROM part WHERE is_bicycle
    UNION
    -- With the lines of the lists in it no two ways are equal, so UNION drops none.
    SELECT bicycle_id, c.part_id, needed.quantity * c.quantity, lines || c.line_id
    FROM needed JOIN component AS c ON c.assembly_id = needed.part_id
)
SELECT bicycle_id, p.part_id, p.name, sum(needed.quantity)::bigint AS quantity
FROM needed JOIN part AS p USING (part_id) LEFT JOIN component AS c ON c.assembly_id = p.part_id
WHERE c.line_id IS NULL AND lines <> '{}'
GROUP BY bicycle_id, p.part_id ORDER BY bicycle_id, p.part_id
