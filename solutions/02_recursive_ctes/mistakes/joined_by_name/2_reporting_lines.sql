-- Belief: Names tell people apart.
-- Caught by: test_reporting_lines_goes_by_number_not_by_name
-- Hint: Two Kims are managers: below which of them do their people come?
-- Ends: never
WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id NOT IN (SELECT employee_id FROM employee)
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.head_id
    FROM line
    JOIN employee AS manager ON manager.name = line.name
    JOIN employee ON employee.manager_id = manager.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
