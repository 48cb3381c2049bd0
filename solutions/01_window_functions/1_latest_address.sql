SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY customer_id
            ORDER BY recorded_at DESC NULLS LAST, address_id DESC
        ) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
