-- Belief: Whoever takes the cheapest leg from each town gets the cheapest way.
-- Caught by: test_cheapest_freight_looks_beyond_the_next_leg
-- Hint: The cheapest leg from Porto leads to one town. Who looks at the ways over all the others?
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN (SELECT DISTINCT ON (from_town) * FROM leg ORDER BY from_town, price, leg_id) AS leg ON from_town = town_id
    WHERE legs < (SELECT most_legs FROM contract)
        AND to_town <> ALL (route)
)
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
ORDER BY town_id, price, legs, route
