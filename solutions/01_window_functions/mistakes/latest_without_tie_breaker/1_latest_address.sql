-- Belief: Two rows never have the same time, and if they do, the one stored last comes first.
-- Caught by: test_latest_address_takes_the_highest_id_of_one_moment
-- Hint: Rows with the same recorded_at come in any order the server likes. What else could you sort by, so that only one order is left?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY recorded_at DESC NULLS LAST) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
