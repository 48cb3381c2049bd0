-- Belief: The latest comes first when sorted descending, so ORDER BY recorded_at DESC puts it there.
-- Caught by: test_latest_address_takes_imported_rows_as_the_oldest
-- Hint: Sorted descending, NULL comes before every date. Which two words in ORDER BY send it to the end?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY recorded_at DESC, address_id DESC) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
