-- Belief: The recursion goes on while there are at most as many legs as allowed.
-- Caught by: test_cheapest_freight_lists_what_can_be_reached
-- Hint: A row that has the last leg allowed gets another one from your second SELECT. With how many legs may it still go on?
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
    WHERE legs <= (SELECT most_legs FROM contract)
        AND to_town <> ALL (route)
)
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
ORDER BY town_id, price, legs, route
