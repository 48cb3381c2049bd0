-- Belief: Who has left has a number beyond those of all who are here.
-- Caught by: test_reporting_lines_looks_up_who_has_left
-- Hint: Numbers are given once and never again. Which one is free when somebody of the first hour leaves?
WITH RECURSIVE line AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id > (SELECT max(employee_id) FROM employee)
    UNION ALL
    SELECT employee.employee_id, employee.name, line.depth + 1, line.head_id
    FROM line
    JOIN employee ON employee.manager_id = line.employee_id
)
SELECT employee_id, name, depth, head_id
FROM line
ORDER BY depth, employee_id
