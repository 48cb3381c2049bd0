with recursive whole as materialized (
    select assembly_id, part_id, sum(quantity) as quantity from component group by assembly_id, part_id
), needed as (
    select assembly_id as bicycle_id, whole.part_id, whole.quantity::numeric
    from whole join part on part.part_id = assembly_id where is_bicycle
  union all
    select n.bicycle_id, w.part_id, n.quantity * w.quantity
    from needed n join whole w on w.assembly_id = n.part_id
)
select bicycle_id, part.part_id, part.name, cast(sum(quantity) as bigint) as quantity
from needed join part on part.part_id = needed.part_id
where needed.part_id not in (select assembly_id from component)
group by bicycle_id, part.part_id, part.name
order by 1, 2
