-- Belief: A row without a city is no address, so it is left out before the latest is chosen.
-- Caught by: test_latest_address_keeps_a_forgotten_address
-- Hint: Filtering before the choice brings the address back that the customer asked us to forget. Does NULL mean unknown here?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY customer_id
            ORDER BY recorded_at DESC NULLS LAST, address_id DESC
        ) AS age
    FROM customer_address
    WHERE city IS NOT NULL
) AS address
WHERE age = 1
ORDER BY customer_id DESC
