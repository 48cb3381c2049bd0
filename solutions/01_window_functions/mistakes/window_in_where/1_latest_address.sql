-- Belief: WHERE can test whatever SELECT can compute, a window function too.
-- Caught by: test_latest_address_finds_one_row_per_customer
-- Hint: WHERE is done before the windows are computed. What could stand around this query, so that row_number() is an ordinary column by then?
SELECT customer_id, address_id, city, recorded_at
FROM customer_address
WHERE row_number() OVER (PARTITION BY customer_id ORDER BY recorded_at DESC NULLS LAST, address_id DESC) = 1
ORDER BY customer_id DESC
