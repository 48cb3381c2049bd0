-- Belief: Two managers have left, 98 and 99: their people are heads.
-- Caught by: test_reporting_lines_looks_up_who_has_left
-- Hint: Who will have left in the next data set, and who will be 98 there? What tells you, whatever the data?
WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id IN (98, 99)
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.head_id
    FROM line
    JOIN employee ON employee.manager_id = line.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
