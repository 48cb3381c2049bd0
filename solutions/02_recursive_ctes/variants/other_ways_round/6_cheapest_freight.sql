WITH RECURSIVE way AS (
    SELECT town_id, 0::numeric AS price, 0 AS legs, ARRAY[town_id] AS route FROM town WHERE has_factory
    UNION ALL
    SELECT to_town, way.price + leg.price, legs + 1, route || to_town
    FROM way JOIN leg ON from_town = town_id
    WHERE legs < (SELECT most_legs FROM contract)
) CYCLE town_id SET is_back USING past
SELECT DISTINCT ON (town_id) town_id, price, legs, route FROM way WHERE NOT is_back ORDER BY town_id, price, legs, route
