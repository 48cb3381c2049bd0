-- Belief: Nobody is in two groups of one door.
-- Caught by: test_door_access_lists_everybody_once
-- Hint: How many groups lead from this door to this employee?
-- UNION: a pair of door and group that is known already goes no further, so no circle can hold it up.
WITH RECURSIVE opening AS (
    SELECT door_id, group_id
    FROM door_group
    UNION
    SELECT door_id, subgroup_id
    FROM opening
    JOIN group_member USING (group_id)
    WHERE subgroup_id IS NOT NULL
)
SELECT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
