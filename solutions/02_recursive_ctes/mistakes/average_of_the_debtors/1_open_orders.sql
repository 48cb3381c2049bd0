-- Belief: The average order is that of those that owe anything.
-- Caught by: test_open_orders_counts_orders_without_lines_or_payments
-- Hint: What does an order add to the average that owes nothing, or has been paid twice?
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
WHERE open > (SELECT avg(open) FROM balance WHERE open > 0)
ORDER BY open DESC, order_id
