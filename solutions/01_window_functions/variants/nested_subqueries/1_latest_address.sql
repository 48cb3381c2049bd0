SELECT a.customer_id, a.address_id, a.city, a.recorded_at
FROM (
    SELECT c.*, first_value(c.address_id) OVER w AS current_id
    FROM customer_address AS c
    WINDOW w AS (PARTITION BY c.customer_id ORDER BY coalesce(c.recorded_at, '-infinity') DESC, c.address_id DESC)
) AS a
WHERE a.address_id = a.current_id
ORDER BY a.customer_id DESC
