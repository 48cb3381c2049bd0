-- Belief: A group in a group is as deep as it gets.
-- Caught by: test_door_access_is_a_recursion
-- Hint: What opens for the members of a group in a group in a group?
WITH opening AS (
    SELECT door_id, group_id FROM door_group
    UNION
    SELECT door_id, subgroup_id FROM door_group JOIN group_member USING (group_id) WHERE subgroup_id IS NOT NULL
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
