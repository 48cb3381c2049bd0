-- Belief: Who is in a group may do what those in its groups may do.
-- Caught by: test_door_access_gives_nothing_to_the_group_above
-- Hint: A member of the painters is a member of the staff. Is a member of the staff one of the painters? Which column of group_member leads which way?
-- UNION: a pair of door and group that is known already goes no further, so no circle can hold it up.
WITH RECURSIVE opening AS (
    SELECT door_id, group_id
    FROM door_group
    UNION
    SELECT door_id, group_member.group_id
    FROM opening
    JOIN group_member ON subgroup_id = opening.group_id
)
SELECT DISTINCT door_id, employee_id, name
FROM opening
JOIN group_member USING (group_id)
JOIN employee USING (employee_id)
ORDER BY door_id, employee_id
