-- One kind of booking, added up once.
WITH booking AS (
    SELECT order_id, quantity * price AS total, 0 AS paid FROM order_line
    UNION ALL
    SELECT order_id, 0, amount FROM payment
),
balance AS (
    SELECT o.order_id, customer, coalesce(sum(total), 0) AS total, coalesce(sum(paid), 0) AS paid
    FROM sales_order AS o LEFT JOIN booking USING (order_id)
    GROUP BY o.order_id, customer
),
compared AS MATERIALIZED (SELECT *, total - paid AS open FROM balance)
SELECT * FROM compared
WHERE open > (SELECT avg(open) FROM compared)
ORDER BY open DESC, order_id
