-- Belief: Join the orders with their lines and payments, group by order, and add up.
-- Caught by: test_open_orders_adds_lines_and_payments_apart
-- Hint: A join pairs each line with each payment of the order. Which step could make one row an order of the lines before they meet the payments?
WITH balance AS (
    SELECT
        order_id,
        customer,
        coalesce(sum(quantity * price), 0) AS total,
        coalesce(sum(amount), 0) AS paid,
        coalesce(sum(quantity * price), 0) - coalesce(sum(amount), 0) AS open
    FROM sales_order
    LEFT JOIN order_line USING (order_id)
    LEFT JOIN payment USING (order_id)
    GROUP BY order_id, customer
)
SELECT order_id, customer, total, paid, open
FROM balance
WHERE open > (SELECT avg(open) FROM balance)
ORDER BY open DESC, order_id
