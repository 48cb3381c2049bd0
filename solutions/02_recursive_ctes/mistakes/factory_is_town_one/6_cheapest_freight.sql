-- Belief: The factory is in town 1, where all numbers begin.
-- Caught by: test_cheapest_freight_lists_what_can_be_reached
-- Hint: Which column says where the factory is?
WITH RECURSIVE way AS (
    SELECT 1 AS town_id, 0::numeric AS price, 0 AS legs, ARRAY[1] AS route
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
    WHERE legs < (SELECT most_legs FROM contract)
        AND to_town <> ALL (route)
)
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
ORDER BY town_id, price, legs, route
