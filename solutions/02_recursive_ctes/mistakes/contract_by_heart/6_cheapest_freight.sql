-- Belief: The contract allows three legs.
-- Caught by: test_cheapest_freight_goes_as_far_as_the_contract_allows
-- Hint: Where does the number stand, and who may change it?
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
    WHERE legs < least(3, (SELECT most_legs FROM contract))
        AND to_town <> ALL (route)
)
SELECT DISTINCT ON (town_id) town_id, price, legs, route
FROM way
ORDER BY town_id, price, legs, route
