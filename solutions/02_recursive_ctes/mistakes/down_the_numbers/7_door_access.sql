-- Belief: Groups are numbered from the top down: who goes only to higher numbers can't go round in a circle.
-- Caught by: test_door_access_gives_nothing_to_the_group_above
-- Hint: What says that group 9 can't be in group 10? What could end the recursion that leaves no member out?
WITH RECURSIVE opening AS (
    SELECT door_id, group_id
    FROM door_group
    UNION ALL
    SELECT door_id, subgroup_id
    FROM opening
    JOIN group_member USING (group_id)
    WHERE subgroup_id > group_id
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
