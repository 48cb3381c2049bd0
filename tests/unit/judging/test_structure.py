import pytest

from harness.judging import WrongStructure, require_one_reading_statement

READING = [
    "select 1",
    "SELECT 1;",
    "select 1; -- done\n",
    "-- first\n/* ; delete from x */ select 1;;",
    "with a as (select 1) select * from a",
    "with recursive a(n) as (select 1 union all select n + 1 from a where n < 9) select * from a",
    "(select 1) union all (select 2)",
    "select 1 except select 2",
    "values (1), (2)",
    "table payment",
    "select 'delete from payment; update payment set x = 1'",
    "select $$insert into payment; select$$",
    "select $tag$ ; drop table payment; $tag$ as note",
    "select E'it\\'s; delete from x'",
    'select "delete", "for update" from "insert into"',
    "select p.update, p.delete from payment p",
    "select for_update from payment",
    "select insert from payment",
    "select substring('abc' from 1 for 2)",
    "select extract(epoch from paid_at) from payment",
    "select overlay('abc' placing 'x' from 1 for 1)",
    # Not for us to judge: the server will.
    "select (((",
    "select 'open",
    "select 1 frm payment whre",
]

CHANGING = {
    "insert into payment values (1)": ("INSERT", 1),
    "update payment set amount = 0": ("UPDATE", 1),
    "\n-- oh\ndelete from payment": ("DELETE", 3),
    "merge into payment p using x on p.a = x.a when matched then delete": ("MERGE", 1),
    "with gone as (\n  delete from payment returning *\n)\nselect * from gone": ("DELETE", 2),
    "with gone as (\n  update payment set amount = 0 returning *) select * from gone": ("UPDATE", 2),
    "with new as (insert into payment values (1) returning *) select * from new": ("INSERT", 1),
    "with a as (select 1) delete from payment": ("DELETE", 1),
    "with a as (select 1)\ninsert into payment select * from a": ("INSERT", 2),
    "select *\ninto copy\nfrom payment": ("SELECT INTO", 2),
    "select * from payment\nfor update": ("FOR UPDATE", 2),
    "select * from payment for no key update skip locked": ("FOR UPDATE", 1),
    "select * from (select * from payment for share) x": ("FOR SHARE", 1),
    "create table x (a int)": ("CREATE", 1),
    "create table x as select 1": ("CREATE", 1),
    "drop table payment": ("DROP", 1),
    "truncate payment": ("TRUNCATE", 1),
    "alter table payment add x int": ("ALTER", 1),
    "explain analyze delete from payment": ("EXPLAIN", 1),
    "call something()": ("CALL", 1),
    "do $$ begin end $$": ("DO", 1),
    "copy payment to stdout": ("COPY", 1),
    "set statement_timeout = 0": ("SET", 1),
    "begin": ("BEGIN", 1),
    "vacuum": ("VACUUM", 1),
    "grant select on payment to public": ("GRANT", 1),
    "listen x": ("LISTEN", 1),
    "lock table payment": ("LOCK", 1),
    "selct 1": ("SELCT", 1),
}


@pytest.mark.parametrize("sql", READING)
def test_a_reading_statement_passes(sql):
    """One statement that reads passes, whatever stands in its comments, strings and quoted names."""
    require_one_reading_statement(sql)


@pytest.mark.parametrize(("sql", "named"), CHANGING.items())
def test_a_changing_statement_is_named(sql, named):
    """A statement that does more than read is refused with its keyword and the line that holds it."""
    keyword, line = named
    with pytest.raises(WrongStructure) as caught:
        require_one_reading_statement(sql)
    assert caught.value.rule == "only reads"
    assert keyword in caught.value.message
    assert caught.value.places[0].line == line


@pytest.mark.parametrize(
    ("sql", "count"), [("select 1; select 2", 2), ("begin; select 1; commit;", 3), ("select 1;\n\ndrop table x", 2)]
)
def test_several_statements_are_counted(sql, count):
    """Two statements or more are refused, each pointed at."""
    with pytest.raises(WrongStructure, match=f"{count} statements") as caught:
        require_one_reading_statement(sql)
    assert caught.value.rule == "one statement"
    assert len(caught.value.places) == count


@pytest.mark.parametrize("sql", ["", " \n", "-- nothing", ";", "/* a */;"])
def test_no_statement_is_said_so(sql):
    """A file without a statement is refused, not crashed on."""
    with pytest.raises(WrongStructure, match="no statement"):
        require_one_reading_statement(sql)
