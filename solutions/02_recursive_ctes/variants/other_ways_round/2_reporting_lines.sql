WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id, ARRAY[employee_id] AS way
    FROM employee
    WHERE coalesce(manager_id, -1) NOT IN (SELECT employee_id FROM employee)
    UNION ALL
    SELECT e.employee_id, e.name, depth + 1, way[1], way || e.employee_id
    FROM employee AS e INNER JOIN line ON line.employee_id = e.manager_id
    WHERE e.employee_id <> ALL (way)
)
SELECT employee_id, name, depth, head_id FROM line ORDER BY depth, employee_id
