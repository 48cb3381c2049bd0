-- Belief: For the average the query has to be written once more.
-- Caught by: test_open_orders_names_each_table_once
-- Hint: A step behind WITH has a name. What may stand in the FROM of the subquery in place of the tables?
WITH sold AS (
    SELECT order_id, sum(quantity * price) AS total FROM order_line GROUP BY order_id
),
paid AS (
    SELECT order_id, sum(amount) AS paid FROM payment GROUP BY order_id
)
SELECT order_id, customer, coalesce(total, 0) AS total, coalesce(paid, 0) AS paid, coalesce(total, 0) - coalesce(paid, 0) AS open
FROM sales_order
LEFT JOIN sold USING (order_id)
LEFT JOIN paid USING (order_id)
WHERE coalesce(total, 0) - coalesce(paid, 0) > (
    SELECT avg(
        coalesce((SELECT sum(quantity * price) FROM order_line l WHERE l.order_id = o.order_id), 0)
        - coalesce((SELECT sum(amount) FROM payment p WHERE p.order_id = o.order_id), 0)
    )
    FROM sales_order o
)
ORDER BY open DESC, order_id
