-- Belief: Ways that are too long can be left out at the end.
-- Caught by: test_cheapest_freight_may_go_round_in_circles
-- Hint: On a circle there are ever longer ways. Who ends the recursion?
-- Ends: never
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
)
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
WHERE legs <= (SELECT most_legs FROM contract)
ORDER BY town_id, price, legs, route
