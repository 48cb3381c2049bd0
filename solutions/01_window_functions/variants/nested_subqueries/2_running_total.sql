SELECT p.payment_id, p.customer_id, p.paid_at, p.amount, sum(p.amount) OVER w AS balance
FROM payment AS p
-- The default frame is right here: with payment_id no two rows are peers.
WINDOW w AS (PARTITION BY p.customer_id ORDER BY p.paid_at, p.payment_id)
ORDER BY p.paid_at, p.payment_id
