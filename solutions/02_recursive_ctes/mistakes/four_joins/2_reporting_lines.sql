-- Belief: There are four levels, so three joins find everybody.
-- Caught by: test_reporting_lines_is_a_recursion
-- Hint: Tomorrow somebody on the last level gets an assistant. What does your query say of them?
WITH head AS (
    SELECT employee_id, name, 0 AS depth, employee_id AS head_id
    FROM employee
    WHERE manager_id IS NULL OR manager_id NOT IN (SELECT employee_id FROM employee)
),
second AS (
    SELECT e.employee_id, e.name, 1, head_id FROM head JOIN employee e ON e.manager_id = head.employee_id
),
third AS (
    SELECT e.employee_id, e.name, 2, head_id FROM second JOIN employee e ON e.manager_id = second.employee_id
),
fourth AS (
    SELECT e.employee_id, e.name, 3, head_id FROM third JOIN employee e ON e.manager_id = third.employee_id
)
SELECT * FROM head
UNION ALL SELECT * FROM second
UNION ALL SELECT * FROM third
UNION ALL SELECT * FROM fourth
ORDER BY depth, employee_id
