-- Belief: Nobody moves twice on one day.
-- Caught by: test_latest_address_takes_the_later_of_one_day
-- Hint: As a date, morning and evening are the same moment, and the highest address_id decides. What do you lose by the cast?
SELECT customer_id, address_id, city, recorded_at
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY customer_id
            ORDER BY recorded_at::date DESC NULLS LAST, address_id DESC
        ) AS age
    FROM customer_address
) AS address
WHERE age = 1
ORDER BY customer_id DESC
