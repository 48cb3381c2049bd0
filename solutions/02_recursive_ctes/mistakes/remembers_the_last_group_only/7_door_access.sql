-- Belief: It's enough not to go back to the group that one has just come from.
-- Caught by: test_door_access_ends_although_groups_hold_each_other
-- Hint: Three groups hold each other in a ring: does any step lead straight back? What does UNION remember?
-- Ends: never
WITH RECURSIVE opening AS (
    SELECT door_id, group_id, group_id AS last_group
    FROM door_group
    UNION ALL
    SELECT door_id, subgroup_id, opening.group_id
    FROM opening
    JOIN group_member USING (group_id)
    WHERE subgroup_id NOT IN (opening.group_id, opening.last_group)
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
