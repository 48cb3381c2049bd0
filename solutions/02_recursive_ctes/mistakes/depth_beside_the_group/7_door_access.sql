-- Belief: A depth in the rows does no harm.
-- Caught by: test_door_access_ends_although_groups_hold_each_other
-- Hint: UNION ends when no row is new. Which column makes a group that is known already a new row?
-- Ends: never
-- UNION: a pair of door and group that is known already goes no further, so no circle can hold it up.
WITH RECURSIVE opening AS (
    SELECT door_id, group_id, 0 AS depth
    FROM door_group
    UNION
    SELECT door_id, subgroup_id, depth + 1
    FROM opening
    JOIN group_member USING (group_id)
    WHERE subgroup_id IS NOT NULL
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
