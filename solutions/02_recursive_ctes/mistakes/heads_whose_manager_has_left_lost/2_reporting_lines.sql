-- Belief: A head is who has no manager_id.
-- Caught by: test_reporting_lines_begins_with_every_head
-- Hint: What about those whose manager_id is a number that nobody has any more?
WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.head_id
    FROM line
    JOIN employee ON employee.manager_id = line.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
