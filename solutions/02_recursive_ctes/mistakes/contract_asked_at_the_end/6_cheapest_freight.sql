-- Belief: The cheapest way is found first, and then the contract is asked whether it allows that.
-- Caught by: test_cheapest_freight_looks_beyond_the_next_leg
-- Hint: The cheapest way has a leg too many, a dearer one hasn't. Which of them is left when the contract is asked last?
WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route
    FROM town
    WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way
    JOIN leg ON from_town = town_id
    WHERE to_town <> ALL (route)
),
best AS (
    SELECT DISTINCT ON (town_id) town_id, price, legs, route
    FROM way
    ORDER BY town_id, price, legs, route
)
SELECT town_id, price, legs, route
FROM best
WHERE legs <= (SELECT most_legs FROM contract)
ORDER BY town_id
