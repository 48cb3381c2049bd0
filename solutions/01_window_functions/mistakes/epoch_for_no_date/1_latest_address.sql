-- Belief: Nothing is older than 1970, so that is the date for rows without one.
-- Caught by: test_latest_address_takes_imported_rows_as_the_oldest
-- Hint: An address on paper may have a date before 1970. Which two words in ORDER BY send NULL behind every date?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY customer_id
            ORDER BY coalesce(recorded_at, '1970-01-01') DESC, address_id DESC
        ) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
