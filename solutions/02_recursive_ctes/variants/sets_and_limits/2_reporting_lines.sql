SELECT * FROM (
    WITH RECURSIVE line AS (
        SELECT employee_id, name, 0 AS depth, employee_id AS head_id
        FROM employee AS head
        WHERE NOT EXISTS (SELECT 1 FROM employee AS above WHERE above.employee_id = head.manager_id)
        UNION ALL
        SELECT below.employee_id, below.name, line.depth + 1, line.head_id
        FROM employee AS below JOIN line ON below.manager_id = line.employee_id
    )
    SELECT * FROM line
) AS found
ORDER BY depth, employee_id
