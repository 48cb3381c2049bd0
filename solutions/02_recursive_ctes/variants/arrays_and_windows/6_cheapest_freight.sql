with recursive way as (
    select array[town_id] as route, 0.00 as price from town where has_factory
  union all
    select route || to_town, way.price + leg.price
    from contract, way join leg on leg.from_town = route[cardinality(route)]
    where cardinality(route) <= most_legs
), ranked as (
    select *, row_number() over (partition by route[cardinality(route)] order by price, cardinality(route), route) as place
    from way
)
select route[cardinality(route)] as town_id, price, cardinality(route) - 1 as legs, route
from ranked where place = 1 order by 1
