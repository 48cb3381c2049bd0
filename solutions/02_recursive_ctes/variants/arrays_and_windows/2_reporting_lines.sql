with recursive line(employee_id, name, depth, head_id) as (
    select e.employee_id, e.name, 0, e.employee_id
    from employee e left join employee m on m.employee_id = e.manager_id
    where m.employee_id is null
  union
    select e.employee_id, e.name, l.depth + 1, l.head_id
    from employee e, line l
    where e.manager_id = l.employee_id
)
table line order by depth, employee_id
