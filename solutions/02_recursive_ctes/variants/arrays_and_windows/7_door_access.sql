with recursive inside as (
    select group_id as outer_id, group_id from badge_group
  union
    select i.outer_id, m.subgroup_id from inside i join group_member m using (group_id) where m.subgroup_id is not null
)
select door_id, e.employee_id, e.name
from door_group d
join inside i on i.outer_id = d.group_id
join group_member m on m.group_id = i.group_id
join employee e on e.employee_id = m.employee_id
group by door_id, e.employee_id
order by door_id, e.employee_id
