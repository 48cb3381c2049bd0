-- Belief: A double precision is exact enough for money.
-- Caught by: test_cheapest_freight_breaks_ties_by_legs_and_route
-- Hint: What is 40.2 + 20.1 as a double precision, and what as a numeric?
WITH RECURSIVE way AS (
    SELECT town_id, 0::double precision AS price, 0 AS legs, ARRAY[town_id] AS route FROM town WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town FROM way JOIN leg ON from_town = town_id
    WHERE legs < (SELECT most_legs FROM contract) AND to_town <> ALL (route)
)
SELECT DISTINCT ON (town_id) town_id, price::numeric, legs, route FROM way ORDER BY town_id, way.price, legs, route
