-- Belief: UNION ALL is faster, and DISTINCT at the end removes what is there twice.
-- Caught by: test_door_access_ends_although_groups_hold_each_other
-- Hint: DISTINCT waits for the last row. Is there a last one, if two groups hold each other?
-- Ends: never
-- UNION: a pair of door and group that is known already goes no further, so no circle can hold it up.
WITH RECURSIVE opening AS (
    SELECT door_id, group_id
    FROM door_group
    UNION ALL
    SELECT door_id, subgroup_id
    FROM opening
    JOIN group_member USING (group_id)
    WHERE subgroup_id IS NOT NULL
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
