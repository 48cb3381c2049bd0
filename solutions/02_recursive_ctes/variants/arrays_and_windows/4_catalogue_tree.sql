with recursive tree as (
    select category_id, array[name] as names, array[place, category_id] as sorted_by
    from category where parent_id is null
  union all
    select c.category_id, names || c.name, sorted_by || array[c.place, c.category_id]
    from tree join category c on c.parent_id = tree.category_id
)
select category_id, cardinality(names) - 1 as depth, array_to_string(names, ' > ') as path
from tree order by sorted_by
