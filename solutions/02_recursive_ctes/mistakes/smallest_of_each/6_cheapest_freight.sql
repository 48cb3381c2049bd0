-- Belief: min() of each column gives the best way.
-- Caught by: test_cheapest_freight_finds_the_cheapest_way
-- Hint: Are the lowest price and the fewest legs in one and the same row?
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
    WHERE legs < (SELECT most_legs FROM contract)
        AND to_town <> ALL (route)
)
SELECT town_id, min(price) AS price, min(legs) AS legs, min(route) AS route
FROM way
GROUP BY town_id
ORDER BY town_id
