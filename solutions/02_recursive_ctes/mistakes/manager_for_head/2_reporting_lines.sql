-- Belief: The head of a line is the manager in the row before.
-- Caught by: test_reporting_lines_counts_levels_from_the_head
-- Hint: From the third level on, the row before isn't the head. Which column of it does name the head?
WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id NOT IN (SELECT employee_id FROM employee)
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.employee_id
    FROM line
    JOIN employee ON employee.manager_id = line.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
