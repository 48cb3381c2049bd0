-- From the employees upwards: whoever is in a group is in each group that holds it.
WITH RECURSIVE inside AS (
    SELECT group_id, employee_id FROM group_member WHERE employee_id IS NOT NULL
    UNION
    SELECT holding.group_id, inside.employee_id
    FROM inside JOIN group_member AS holding ON holding.subgroup_id = inside.group_id
)
SELECT DISTINCT door_id, employee_id, name
FROM door_group JOIN inside USING (group_id) JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
