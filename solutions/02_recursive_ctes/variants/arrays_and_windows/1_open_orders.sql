select order_id, customer, total, paid, open
from (
    select order_id, customer, total, paid, total - paid as open, avg(total - paid) over () as usual
    from (
        select o.order_id, o.customer,
               coalesce((select sum(l.quantity * l.price) from order_line l where l.order_id = o.order_id), 0) as total,
               coalesce((select sum(p.amount) from payment p where p.order_id = o.order_id), 0) as paid
        from sales_order o
    ) sums
) compared
where open > usual
order by open desc, order_id
