-- Belief: Numbers are given out in order of time, so the row with the highest id is the latest.
-- Caught by: test_latest_address_finds_one_row_per_customer
-- Hint: Address 5 was on paper first and typed in late. Which column says when an address was recorded?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY address_id DESC) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
