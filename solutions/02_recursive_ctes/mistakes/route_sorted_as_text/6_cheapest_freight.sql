-- Belief: A list of numbers sorts like the text that it's shown as.
-- Caught by: test_cheapest_freight_compares_routes_by_number
-- Hint: Which is the lower route, {3,9} or {3,10}? Which of them is the smaller text?
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
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
ORDER BY town_id, price, legs, route::text
