-- Belief: The first level is level 1.
-- Caught by: test_reporting_lines_counts_levels_from_the_head
-- Hint: How many steps is a head away from the head?
WITH RECURSIVE line AS (
    SELECT employee_id, name, 1 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id NOT IN (SELECT employee_id FROM employee)
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.head_id
    FROM line
    JOIN employee ON employee.manager_id = line.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
