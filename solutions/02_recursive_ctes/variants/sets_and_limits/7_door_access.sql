WITH RECURSIVE "Opening" AS (
    SELECT door_id, group_id FROM door_group
    UNION ALL
    SELECT door_id, subgroup_id FROM "Opening" JOIN group_member USING (group_id) WHERE subgroup_id IS NOT NULL
) CYCLE group_id SET is_back TO 'y' DEFAULT 'n' USING past
SELECT door_id, employee_id, name
FROM employee JOIN (
    SELECT door_id, employee_id FROM "Opening" JOIN group_member USING (group_id) WHERE is_back = 'n'
    INTERSECT SELECT door_id, employee_id FROM door_group, employee
) AS pair USING (employee_id)
ORDER BY door_id, employee_id
