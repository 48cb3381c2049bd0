-- Belief: The members of a group are in group_member.
-- Caught by: test_door_access_follows_groups_in_groups
-- Hint: A member may be a group. What about the members of that one?
SELECT DISTINCT door_id, employee_id, name
FROM door_group
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
