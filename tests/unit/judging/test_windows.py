# ruff: noqa: E501 - queries as learners write them
import pytest

from harness.errors import CouldNotJudge
from harness.judging import WrongStructure, require_window_query

ACCEPTED = {
    "a plain running total": "SELECT payment_id, sum(amount) OVER (ORDER BY paid_at, payment_id) FROM payment",
    "an explicit frame": """
        select payment_id, sum(amount) over (order by paid_at, payment_id rows between unbounded preceding and current row)
        from payment order by paid_at""",
    "a named window": "SELECT sum(amount) OVER w FROM payment WINDOW w AS (ORDER BY paid_at)",
    "a named window that is extended": """
        SELECT sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) FROM payment WINDOW w AS (ORDER BY paid_at)""",
    "upper case": "SELECT SUM(AMOUNT) OVER (ORDER BY PAID_AT) FROM PAYMENT",
    "neighbours by a named window that is given its order later": """
        select amount - lag(amount, 1, 0.0) over (w order by paid_at) from payment window w as (partition by customer_id)""",
    "neighbours by a window that extends a window": """
        select lead(amount) over v from payment window w as (order by paid_at), v as (w)""",
    "neighbours inside other functions": """
        with p as (select * from payment window w as (partition by customer_id))
        select coalesce(amount - Lag(amount) Over W, 0) from p window w as (order by paid_at)""",
    "the first of equal values, in no order": """
        select first_value(total) over (partition by customer_id) from
        (select customer_id, sum(amount) over (partition by customer_id) as total from payment) t""",
    "a qualified name": "select sum(amount) over (order by paid_at) from public.payment",
    "quoted names": 'select sum("amount") over (order by "paid_at") from "payment"',
    "comments that name other ways": """
        -- JOIN payment b would be a self-join
        select /* VALUES (1), (2) */ sum(amount) over (order by paid_at) from payment; -- done""",
    "strings that look like SQL": """
        select 'from payment a join payment b; values (1),(2)', sum(amount) over (order by paid_at) from payment""",
    "top N by a derived table": """
        select * from (select *, rank() over (partition by customer_id order by amount desc) as place from payment) ranked
        where place <= 3""",
    "top N by a WITH query": """
        with ranked as (select *, dense_rank() over (partition by customer_id order by amount desc) as place from payment)
        select * from ranked where place <= 3 order by customer_id, place""",
    "top N per customer with names joined": """
        with ranked as (select p.*, rank() over (partition by customer_id order by amount desc) r from payment p)
        select c.name, r.* from ranked r join customer c using (customer_id) where r <= 3""",
    "latest row by row_number": """
        select customer_id, amount from (
            select p.*, row_number() over (partition by customer_id order by paid_at desc, payment_id desc) as n from payment p
        ) as numbered where n = 1""",
    "moving average by RANGE and an interval": """
        select day, avg(total) over (order by day range between interval '6 days' preceding and current row)
        from (select paid_at::date as day, sum(amount) as total from payment group by 1) daily""",
    "window over an aggregate in one level": """
        select paid_at::date as day, sum(sum(amount)) over (order by paid_at::date) from payment group by 1""",
    "sessions by lag and a running count": """
        with gap as (select interval '30 minutes' as longest),
        marked as (
            select p.*, (paid_at - lag(paid_at) over (partition by customer_id order by paid_at) > longest) is not false as fresh
            from payment p cross join gap
        ),
        numbered as (select *, count(*) filter (where fresh) over (partition by customer_id order by paid_at) as session from marked)
        select customer_id, session, min(paid_at), max(paid_at) from numbered group by 1, 2 order by 1, 2""",
    "islands by the difference of two row numbers": """
        select customer_id, min(day), max(day) from (
            select customer_id, day, day - row_number() over (partition by customer_id order by day)::int as island
            from (select distinct customer_id, paid_at::date as day from payment) days
        ) t group by customer_id, island""",
    "share of the total": "select payment_id, amount / nullif(sum(amount) over (), 0) from payment",
    "share of a month, from an aggregate joined to a list of names": """
        select c.name, t.total / sum(t.total) over () from customer c
        join (select customer_id, sum(amount) as total from payment group by customer_id) t using (customer_id)""",
    "first and last value": """
        select customer_id, first_value(amount) over w, last_value(amount) over w from payment
        window w as (partition by customer_id order by paid_at rows between unbounded preceding and unbounded following)""",
    "percentile": "select payment_id, percent_rank() over (order by amount), ntile(4) over (order by amount) from payment",
    "month over month by lag": """
        with monthly as (select date_trunc('month', paid_at)::date as month, sum(amount) as total from payment group by 1)
        select month, total, total - lag(total) over (order by month) from monthly order by month""",
    "month over month over a calendar": """
        with monthly as (select date_trunc('month', paid_at) as month, sum(amount) as total from payment group by 1),
        calendar as (
            select generate_series(min(month), max(month), interval '1 month') as month from monthly
        )
        select c.month, coalesce(m.total, 0), lag(coalesce(m.total, 0)) over (order by c.month)
        from calendar c left join monthly m on m.month = c.month order by 1""",
    "a calendar from the table itself": """
        select m.month, lag(coalesce(t.total, 0)) over (order by m.month)
        from (select min(date_trunc('month', paid_at)) lo, max(date_trunc('month', paid_at)) hi from payment) b
        cross join lateral generate_series(b.lo, b.hi, interval '1 month') as m(month)
        left join (select date_trunc('month', paid_at) as month, sum(amount) as total from payment group by 1) t
          on t.month = m.month""",
    "a calendar from scalar subqueries": """
        select d::date as day, sum(coalesce(t.total, 0)) over (order by d)
        from generate_series((select min(paid_at)::date from payment), (select max(paid_at)::date from payment), '1 day') as d
        left join (select paid_at::date as day, sum(amount) as total from payment group by 1) t on t.day = d::date""",
    "a calendar in a recursive query": """
        with recursive months as (
            select min(date_trunc('month', paid_at)) as month from payment
            union all
            select month + interval '1 month' from months where month < (select max(date_trunc('month', paid_at)) from payment)
        ), totals as (select date_trunc('month', paid_at) as month, sum(amount) as total from payment group by 1)
        select month, lag(total) over (order by month) from months left join totals using (month)""",
    "a grid of customers and months": """
        with grid as (
            select c.customer_id, m.month
            from (select distinct customer_id from payment) c
            cross join (select distinct date_trunc('month', paid_at) as month from payment) m
        ), monthly as (select customer_id, date_trunc('month', paid_at) as month, sum(amount) total from payment group by 1, 2)
        select *, sum(total) over (partition by customer_id order by month) from grid left join monthly using (customer_id, month)""",
    "EXISTS on another table": """
        select payment_id, sum(amount) over (order by paid_at) from payment p
        where exists (select 1 from customer c where c.customer_id = p.customer_id and c.active)""",
    "a lookup written as VALUES": """
        select l.label, rank() over (partition by p.method order by p.amount)
        from payment p join (values ('c', 'card'), ('t', 'transfer')) as l(code, label) on l.code = p.method""",
    "a total row by UNION ALL": """
        select payment_id, sum(amount) over (order by paid_at) from payment
        union all select null, 0""",
    "windows in both branches of a union": """
        (select payment_id, rank() over (order by amount) from payment where amount > 0)
        union all
        (select payment_id, rank() over (order by amount desc) from payment where amount <= 0)""",
    "a ranked query joined back to the table": """
        with latest as (select payment_id, row_number() over (partition by customer_id order by paid_at desc) as n from payment)
        select p.* from payment p join latest l using (payment_id) where l.n = 1""",
    "an uncorrelated average of the same table": """
        select payment_id, sum(amount) over (order by paid_at) from payment where amount > (select avg(amount) from payment)""",
    "LATERAL without a table": """
        select p.payment_id, x.cents, sum(x.cents) over (order by p.paid_at) from payment p
        cross join lateral (select p.amount * 100 as cents) x""",
    "a window that decides which rows are cut off": """
        select * from payment order by row_number() over (partition by customer_id order by paid_at desc)
        fetch first 1 row with ties""",
    "a window without a name of its own": """
        select payment_id, row_number from (select payment_id, row_number() over (order by paid_at) from payment) n""",
    "a window renamed from outside": """
        with n(id, place) as (select payment_id, rank() over (order by amount) from payment) select id, place from n""",
    "a window renamed behind a star": """
        select id, place from (select *, rank() over (order by amount) as r from payment) as n(id, place)""",
    "a window in a joined list": """
        with n as (select payment_id, row_number() over (order by paid_at) as place from payment)
        select c.name from customer c join n on n.place = c.customer_id""",
    "a window joined by USING": """
        with n as (select row_number() over (order by paid_at) as customer_id from payment)
        select c.name from customer c join n using (customer_id)""",
    "a window in a row taken whole": "select n from (select rank() over (order by amount) as r from payment) n",
    "a window in a subquery of WHERE": """
        select * from payment where payment_id in (
            select payment_id from (select payment_id, rank() over (order by amount) as r from payment) n where r = 1)""",
    "a window that only groups": """
        select count(*) from (select ntile(4) over (order by amount) as part from payment) n group by part""",
    "a window in one branch, passed on by stars": """
        select * from (select * from (select rank() over (order by amount) as r from payment) a) b union select 1""",
    "a window through UNNEST": """
        select x from (select array_agg(amount) over (order by paid_at) as xs from payment) p, unnest(xs) as x""",
    "a comment within PARTITION BY": """
        select sum(amount) over (partition/* /* nested */ */by customer_id order -- by whom?
        by paid_at) from payment""",
    "another table read twice": """
        with p as (select s.store_id, p.amount from payment p join store s using (store_id)),
        days as (select generate_series(1, 7) as day),
        sold as (
            select store.store_id, days.day, sum(amount) as revenue
            from store cross join days left join p on p.store_id = store.store_id group by 1, 2
        )
        select *, lag(revenue) over (partition by store_id order by day) from sold""",
    "a subquery over the table whose name is another's": """
        with p as (select payment_id, paid_at::date as day, sum(amount) over (order by paid_at) as total, amount from payment)
        select *, (select max(amount) from payment) from p""",
    "a WITH query that hides a table's name": """
        with payment as (select * from public.payment where amount > 0)
        select sum(amount) over (order by paid_at) from payment""",
    "a WITH query within a derived table": """
        select * from (with r as (select *, rank() over (order by amount) k from payment) select * from r) x where k = 1""",
    "TABLE as a derived table": "select sum(amount) over (order by paid_at) from (table payment) as p",
    "two different aggregates of the table joined": """
        select a.customer_id, sum(a.total) over (order by a.customer_id), b.n
        from (select customer_id, sum(amount) total from payment group by 1) a
        join (select customer_id, count(*) n from payment group by 1) b using (customer_id)""",
    "groups and exclude": """
        select avg(amount) over (order by paid_at groups between 1 preceding and 1 following exclude ties) from payment""",
}

REJECTED = {
    "no window at all": ("window function", "select payment_id, amount from payment"),
    "only an aggregate": ("window function", "select customer_id, sum(amount) from payment group by customer_id"),
    "the word OVER in a comment": (
        "window function",
        "select amount -- sum(amount) over (order by paid_at)\nfrom payment",
    ),
    "a window in an unused WITH query": (
        "window function",
        "with decoy as (select row_number() over () from payment) select payment_id from payment",
    ),
    "a decoy that only another decoy uses": (
        "window function",
        """with a as (select row_number() over () n from payment), b as (select * from a)
        select payment_id from payment""",
    ),
    "a WINDOW clause that nobody uses": (
        "window function",
        "select payment_id from payment window w as (order by paid_at)",
    ),
    "a window in ORDER BY alone": (
        "window function",
        "select * from payment order by row_number() over (order by paid_at)",
    ),
    "a column that nobody asks for": (
        "window function",
        """with a as (select distinct payment_id, amount from payment), b as (select *, row_number() over () as n from payment)
        select b.payment_id, sum(a.amount) from b join a on a.payment_id <= b.payment_id group by 1""",
    ),
    "a nameless column that nobody asks for": (
        "window function",
        "select payment_id from (select *, row_number() over () from payment) p",
    ),
    "a column that a star hands on and nobody asks for": (
        "window function",
        "select payment_id from (select * from (select *, rank() over () as r from payment) a) b",
    ),
    "a window in the list of EXISTS": (
        "window function",
        "select payment_id from payment where exists (select rank() over () from customer)",
    ),
    "a new name, used without its table": (
        "no correlated subquery",
        """with o as (select payment_id as pid, paid_at as at from payment)
        select pid, rank() over (), (select sum(amount) from payment where paid_at <= at) from o""",
    ),
    "a decoy behind a shadowed name": (
        "window function",
        """with d as (select rank() over () from payment)
        select * from (with d as (select * from payment) select * from d) x""",
    ),
    "a scalar subquery for the share": (
        "window function",
        "select amount / (select sum(amount) from payment) from payment",
    ),
    "DISTINCT ON where it was not offered": (
        "window function",
        "select distinct on (customer_id) * from payment order by customer_id, paid_at desc",
    ),
    "the latest row by max": (
        "window function",
        "select * from payment where (customer_id, paid_at) in (select customer_id, max(paid_at) from payment group by 1)",
    ),
    "a self-join by JOIN": (
        "no self-join",
        """select a.payment_id, sum(b.amount) from payment a join payment b on b.paid_at <= a.paid_at group by 1""",
    ),
    "a self-join with a decoy window": (
        "no self-join",
        """select a.payment_id, sum(b.amount), row_number() over (order by a.payment_id)
        from payment a join payment b on b.paid_at <= a.paid_at group by 1""",
    ),
    "a self-join by comma": (
        "no self-join",
        "select rank() over () from payment a, payment b where b.paid_at <= a.paid_at",
    ),
    "a self-join in other spellings": (
        "no self-join",
        'select rank() over () from public.payment a cross join "payment" b inner join customer c using (customer_id)',
    ),
    "a self-join in parentheses": (
        "no self-join",
        "select rank() over () from (payment a join payment b on a.paid_at > b.paid_at)",
    ),
    "a self-join behind a third table": (
        "no self-join",
        "select rank() over () from payment a join customer c using (customer_id) left join payment b using (customer_id)",
    ),
    "a self-join with a wrapped table": (
        "no self-join",
        "select rank() over () from payment a join (select * from payment where amount > 0) b on b.paid_at <= a.paid_at",
    ),
    "a self-join with a twice wrapped table": (
        "no self-join",
        "select rank() over () from payment a join (select * from (select * from payment) x) b on b.paid_at <= a.paid_at",
    ),
    "a self-join with a WITH query that only filters": (
        "no self-join",
        """with good as (select payment_id, paid_at, amount from payment where amount > 0)
        select rank() over () from payment a join good b on b.paid_at <= a.paid_at""",
    ),
    "two WITH queries that only filter": (
        "no self-join",
        """with a as (select * from payment), b as (select * from payment where true)
        select rank() over () from a join b on b.paid_at <= a.paid_at""",
    ),
    "a WITH query joined to itself": (
        "no self-join",
        """with daily as (select paid_at::date as day, sum(amount) as total from payment group by 1)
        select a.day, avg(b.total), rank() over () from daily a join daily b on b.day between a.day - 6 and a.day group by 1""",
    ),
    "month over month by a join of one WITH query": (
        "no self-join",
        """with m as (select date_trunc('month', paid_at) as month, sum(amount) as t from payment group by 1)
        select cur.month, cur.t - prev.t from m cur left join m prev on prev.month = cur.month - interval '1 month'""",
    ),
    "the same aggregate written twice": (
        "no self-join",
        """select a.m, a.t - b.t, rank() over () from
        (select date_trunc('month', paid_at) m, sum(amount) t from payment group by 1) a left join
        (select date_trunc('month', paid_at) m, sum(amount) t from payment group by 1) b on b.m = a.m - interval '1 month'""",
    ),
    "neighbours by numbered rows": (
        "no self-join",
        """with n as (select *, row_number() over (order by paid_at) as i from payment)
        select a.amount - b.amount from n a left join n b on b.i = a.i - 1""",
    ),
    "a month before in an order that only GROUP BY makes": (
        "neighbours in order",
        """select m, lag(t) over (partition by c) from
        (select customer_id c, date_trunc('month', paid_at) m, sum(amount) t from payment group by 1, 2) x""",
    ),
    "neighbours of a named window without order": (
        "neighbours in order",
        "select coalesce(lead(amount) over w, 0) from payment window v as (partition by customer_id), w as (v)",
    ),
    "neighbours in the order of a subquery": (
        "neighbours in order",
        "select lag(amount) over () from (select * from payment order by paid_at) p",
    ),
    "neighbours in the order of another query's window": (
        "neighbours in order",
        """select lag(amount) over w from (select *, sum(amount) over w from payment window w as (order by paid_at)) p
        window w as (partition by customer_id)""",
    ),
    "a correlated running total": (
        "no correlated subquery",
        """select a.payment_id, (select sum(b.amount) from payment b where b.paid_at <= a.paid_at), rank() over ()
        from payment a""",
    ),
    "a correlated total by the table's own name": (
        "no correlated subquery",
        "select (select sum(b.amount) from payment b where b.paid_at <= payment.paid_at), rank() over () from payment",
    ),
    "NOT EXISTS a later row": (
        "no correlated subquery",
        """select *, rank() over () from payment a
        where not exists (select 1 from payment b where b.customer_id = a.customer_id and b.paid_at > a.paid_at)""",
    ),
    "IN with a correlated maximum": (
        "no correlated subquery",
        """select *, rank() over () from payment a
        where paid_at in (select max(b.paid_at) from payment b where b.customer_id = a.customer_id)""",
    ),
    "equal to a correlated maximum": (
        "no correlated subquery",
        """select *, rank() over () from payment a
        where paid_at = (select max(paid_at) from payment b where b.customer_id = a.customer_id)""",
    ),
    "LATERAL over the same table": (
        "no correlated subquery",
        """select a.payment_id, t.total, rank() over () from payment a
        cross join lateral (select sum(b.amount) as total from payment b where b.paid_at <= a.paid_at) t""",
    ),
    "LATERAL by comma": (
        "no correlated subquery",
        """select a.payment_id, t.s, rank() over () from payment a,
        lateral (select sum(b.amount) s from payment b where b.paid_at <= a.paid_at) t""",
    ),
    "a correlated ARRAY": (
        "no correlated subquery",
        "select array(select b.amount from payment b where b.paid_at <= a.paid_at), rank() over () from payment a",
    ),
    "a correlated subquery over a WITH query": (
        "no correlated subquery",
        """with daily as (select paid_at::date as day, sum(amount) as total from payment group by 1)
        select d.day, (select avg(x.total) from daily x where x.day between d.day - 6 and d.day), rank() over () from daily d""",
    ),
    "a correlated subquery within a WITH query": (
        "no correlated subquery",
        """with t as (select a.*, (select count(*) from payment b where b.paid_at < a.paid_at) as n from payment a)
        select *, rank() over () from t""",
    ),
    "a correlated subquery two levels down": (
        "no correlated subquery",
        """select (select max(s) from (select sum(b.amount) s from payment b where b.paid_at <= a.paid_at) x), rank() over ()
        from payment a""",
    ),
    "a WITH query within a correlated subquery": (
        "no correlated subquery",
        """select a.payment_id, rank() over (), (
            with earlier as (select b.amount from payment b where b.paid_at <= a.paid_at) select sum(amount) from earlier
        ) from payment a""",
    ),
    "a correlated subquery in ORDER BY": (
        "no correlated subquery",
        """select payment_id, rank() over () from payment a
        order by (select count(*) from payment b where b.paid_at < a.paid_at)""",
    ),
    "VALUES as the answer": ("no literal answers", "values (1, 10.00), (2, 15.00)"),
    "VALUES behind SELECT": (
        "no literal answers",
        "select *, rank() over () from (values (1, 10.00), (2, 15.00)) as v(payment_id, total)",
    ),
    "VALUES in a WITH query": (
        "no literal answers",
        "with v(a, b) as (values (1, 10), (2, 15)) select a, sum(b) over (order by a) from v",
    ),
    "rows glued by UNION ALL": (
        "no literal answers",
        "select 1 as payment_id, 10.00 as total union all select 2, 15.00 union all select 3, 20.00",
    ),
    "rows glued by UNION ALL in a derived table": (
        "no literal answers",
        "select a, sum(b) over () from (select 1 as a, 2 as b union all select 2, 3) t where exists (select 1 from payment)",
    ),
    "literal rows beside an empty reading": (
        "no literal answers",
        "select payment_id, sum(amount) over () from payment where false union all select 1, 10 union all select 2, 15",
    ),
    "one literal row": ("no literal answers", "select 1 as payment_id, 10.00 as total"),
    "a table never read": ("reads its tables", "select rank() over (order by name) from customer"),
    "a table read in an unused WITH query": (
        "reads its tables",
        "with p as (select * from payment) select rank() over (order by name) from customer",
    ),
    "a WITH query in the table's place": (
        "reads its tables",
        "with payment as (select 1 as amount from customer) select sum(amount) over () from payment",
    ),
    "a quoted name that is another": ("reads its tables", 'select rank() over () from "Payment"'),
    "a function in the table's place": (
        "reads its tables",
        "select rank() over () from generate_series(1, 3) as payment",
    ),
    "a statement that is no query": ("one query", "delete from payment"),
}


@pytest.mark.parametrize("sql", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_every_equivalent_form_passes(sql):
    """A query that lets a window function make its answer passes, however it is written."""
    require_window_query(sql, tables=["payment"], ask="?")


@pytest.mark.parametrize(("rule", "sql"), REJECTED.values(), ids=REJECTED.keys())
def test_every_detour_is_named(rule, sql):
    """A query that goes another way is refused by the rule that it breaks, and says why the rule is there."""
    with pytest.raises(WrongStructure) as caught:
        require_window_query(sql, tables=["payment"], ask="?")
    assert caught.value.rule == rule
    assert caught.value.why


def test_distinct_on_serves_where_it_is_offered():
    """SELECT DISTINCT ON is as good as a window function where the task says so; a plain DISTINCT is not."""
    sql = "select distinct on (customer_id) * from payment order by customer_id, paid_at desc"
    require_window_query(sql, tables=["payment"], ask="?", or_distinct_on=True)
    with pytest.raises(WrongStructure):
        require_window_query("select distinct amount from payment", tables=["payment"], ask="?", or_distinct_on=True)


def test_a_decoy_is_told_from_no_window_at_all():
    """Where there is a window whose value nobody uses, the advice says so."""
    with pytest.raises(WrongStructure) as caught:
        require_window_query("select 1 from payment order by rank() over ()", tables=["payment"], ask="?")
    assert "its value is neither" in caught.value.advice


@pytest.mark.parametrize("tables", [["payment"], ["payment", "store"]])
def test_only_the_tables_named_count_as_joined_with_themselves(tables):
    """A table that the task doesn't name may be read as often as one likes."""
    sql = "select rank() over (order by amount) from payment, store a, store b"
    if "store" not in tables:
        require_window_query(sql, tables=tables, ask="?")
        return
    with pytest.raises(WrongStructure) as caught:
        require_window_query(sql, tables=tables, ask="?")
    assert caught.value.rule == "no self-join"


def test_the_places_are_the_learners_lines():
    """A self-join points at both readings of the table, with the lines as the learner wrote them."""
    sql = "select a.amount\nfrom payment a\n  join payment b on true"
    with pytest.raises(WrongStructure) as caught:
        require_window_query(sql, tables=["payment"], ask="?")
    first, second = caught.value.places
    assert (first.line, first.text, first.start, first.length) == (2, "from payment a", 5, 7)
    assert (second.line, second.text, second.start) == (3, "  join payment b on true", 7)


TOO_DEEP = " union all ".join(["select 1"] * 3000)


@pytest.mark.parametrize("sql", ["select (((", "select * from", "select 'open", "with x as select", TOO_DEEP])
def test_what_cannot_be_read_is_not_judged(sql):
    """Text that sqlglot can't read gets no verdict on its structure, and advice on what to do."""
    with pytest.raises(CouldNotJudge) as caught:
        require_window_query(sql, tables=["payment"], ask="?")
    assert caught.value.advice
