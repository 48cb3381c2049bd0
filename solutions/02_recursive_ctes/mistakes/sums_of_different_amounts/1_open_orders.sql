-- Belief: DISTINCT within sum() takes back what the join has doubled.
-- Caught by: test_open_orders_adds_lines_and_payments_apart
-- Hint: Two payments of 100.00 are 200.00. What does sum(DISTINCT amount) make of them?
WITH balance AS (
    SELECT
        order_id,
        customer,
        coalesce(sum(DISTINCT quantity * price), 0) AS total,
        coalesce(sum(DISTINCT amount), 0) AS paid,
        coalesce(sum(DISTINCT quantity * price), 0) - coalesce(sum(DISTINCT amount), 0) AS open
    FROM sales_order
    LEFT JOIN order_line USING (order_id)
    LEFT JOIN payment USING (order_id)
    GROUP BY order_id, customer
)
SELECT order_id, customer, total, paid, open
FROM balance
WHERE open > (SELECT avg(open) FROM balance)
ORDER BY open DESC, order_id
