-- Belief: Begin with those who manage nobody, and count upwards.
-- Caught by: test_reporting_lines_counts_levels_from_the_head
-- Hint: Two who manage nobody may stand at different depths. Whose depth is certain at the beginning?
WITH RECURSIVE line AS (
    SELECT employee_id, name, manager_id, 0 AS depth
    FROM employee AS e
    WHERE NOT EXISTS (SELECT FROM employee AS below WHERE below.manager_id = e.employee_id)
    UNION ALL
    SELECT employee.employee_id, employee.name, employee.manager_id, line.depth + 1
    FROM line
    JOIN employee ON employee.employee_id = line.manager_id
)
SELECT employee_id, name, min(depth) AS depth, max(coalesce(manager_id, employee_id)) AS head_id
FROM line
GROUP BY employee_id, name
ORDER BY depth, employee_id
