-- Belief: What is sorted stays as it was where it is equal.
-- Caught by: test_open_orders_sorts_equal_debts_by_number
-- Hint: The order of rows is what ORDER BY says, and nothing else. What does it say of two that owe 80?
WITH sold AS (SELECT order_id, sum(quantity * price) AS total FROM order_line GROUP BY order_id),
paid AS (SELECT order_id, sum(amount) AS paid FROM payment GROUP BY order_id),
balance AS (
  SELECT order_id, customer, coalesce(total, 0) AS total, coalesce(paid, 0) AS paid, coalesce(total, 0) - coalesce(paid, 0) AS open
  FROM sales_order LEFT JOIN sold USING (order_id) LEFT JOIN paid USING (order_id)
)
SELECT * FROM balance WHERE open > (SELECT avg(open) FROM balance) ORDER BY open DESC
