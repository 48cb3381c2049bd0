-- Belief: Money has two decimals, so has its average.
-- Caught by: test_open_orders_compares_with_the_exact_average
-- Hint: An order owes 333.34, the average is 333.3366..: which of them is higher, and which after rounding?
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
WHERE open > (SELECT round(avg(open), 2) FROM balance)
ORDER BY open DESC, order_id
