SELECT DISTINCT ON (customer_id) customer_id, address_id, city, recorded_at
FROM customer_address
ORDER BY customer_id DESC, recorded_at DESC NULLS LAST, address_id DESC
