-- Belief: Whether it's more than the average or at least that is all the same: no order owes just the average.
-- Caught by: test_open_orders_wants_more_than_the_average
-- Hint: What do all orders owe where they all owe the same?
WITH sold AS (
    SELECT order_id, sum(quantity * price) AS total
    FROM order_line
    GROUP BY order_id
),
paid AS (
    SELECT order_id, sum(amount) AS paid
    FROM payment
    GROUP BY order_id
),
balance AS (
    SELECT
        order_id,
        customer,
        coalesce(total, 0) AS total,
        coalesce(paid, 0) AS paid,
        coalesce(total, 0) - coalesce(paid, 0) AS open
    FROM sales_order
    LEFT JOIN sold USING (order_id)
    LEFT JOIN paid USING (order_id)
)
SELECT order_id, customer, total, paid, open
FROM balance
WHERE open >= (SELECT avg(open) FROM balance)
ORDER BY open DESC, order_id
