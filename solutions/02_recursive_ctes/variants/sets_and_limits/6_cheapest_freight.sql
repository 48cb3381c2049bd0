WITH RECURSIVE way (town_id, price, legs, route) AS (
    SELECT town_id, CAST(0 AS numeric), 0, ARRAY[town_id] FROM town WHERE has_factory
    UNION ALL
    (
        -- Of all ways with this many legs only the best to each town goes on.
        SELECT DISTINCT ON (to_town) to_town, way.price + leg.price, legs + 1, route || to_town
        FROM way JOIN leg ON from_town = town_id, contract
        WHERE legs < most_legs
        ORDER BY to_town, way.price + leg.price, route || to_town
    )
)
SELECT DISTINCT ON (town_id) * FROM way ORDER BY town_id, price, legs, route
