# ruff: noqa: E501 - queries as learners write them
import pytest

from harness.errors import CouldNotJudge
from harness.judging import WrongStructure, require_recursive_query, require_tables_named_once

TREE = "select id, 0 as d from part where parent is null union all select p.id, t.d + 1 from t join part p on p.parent = t.id"

RECURSIVE = {
    "a plain recursion": f"with recursive t as ({TREE}) select * from t",
    "names behind the query's own": "with recursive t(a) as (select id from part union select p.id from t, part p where p.parent = a) table t",
    "upper case": f"WITH RECURSIVE T AS ({TREE.upper()}) SELECT * FROM T",
    "a quoted name": 'with recursive "My T" as (select id from part union select p.id from part p, "My T" x where p.parent = x.id) select * from "My T"',
    "SEARCH by two columns": f"with recursive t as ({TREE}) search depth first by d, id set o select * from t order by o",
    "CYCLE with marks of its own": f"with recursive t as ({TREE}) cycle id set c to 'y' default 'n' using p select * from t",
    "SEARCH and CYCLE, and a step behind": f"with recursive t as ({TREE}) search breadth first by id set o cycle id set c using p, u as (select * from t) select * from u",
    "the table behind a step": "with recursive p as (select * from part), t as (select id from p union all select p.id from t join p on p.parent = t.id) select * from t",
    "within a subquery": f"select * from (with recursive t as ({TREE}) select * from t) x",
    "a recursion in a scalar subquery": f"select p.id, (with recursive t as ({TREE}) select count(*) from t where t.id = p.id) from part p",
    "MATERIALIZED": f"with recursive t as not materialized ({TREE}) select * from t",
    "an alias called cycle": f"with recursive t as ({TREE}) select * from (select * from t) cycle join part using (id)",
}

NOT_RECURSIVE = {
    "joins": "select a.id from part a join part b on b.parent = a.id",
    "the word alone": "with recursive t as (select id from part) select * from t",
    "a recursion that nobody asks": f"with recursive t as ({TREE}) select id from part",
    "a recursion over numbers": "with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select id, i from part, n",
    "a query that isn't its own": "with recursive t as (select id from part), u as (select id from t union all select id from t) select * from u",
}


@pytest.mark.parametrize("name", RECURSIVE)
def test_every_form_of_recursion_is_welcome(name):
    """A query that names itself and has a part in the result is a recursion, however it's written."""
    require_recursive_query(RECURSIVE[name], tables=["part"], ask="")


@pytest.mark.parametrize("name", NOT_RECURSIVE)
def test_what_is_no_recursion_is_told(name):
    """Joins, the word RECURSIVE alone, and a recursion without a part in the result are none."""
    with pytest.raises(WrongStructure, match=r"No recursion over part") as caught:
        require_recursive_query(NOT_RECURSIVE[name], tables=["part"], ask="How deep?")
    assert caught.value.ask == "How deep?"
    assert ("names itself" in caught.value.advice) == ("recursive" in NOT_RECURSIVE[name])


def test_a_recursion_has_to_read_the_tables():
    """A result made without one of the tables is told by the table's name."""
    with pytest.raises(WrongStructure, match="without reading stock"):
        require_recursive_query(RECURSIVE["a plain recursion"], tables=["part", "stock"], ask="")


def test_a_query_that_nobody_can_read_is_not_judged():
    """Where the parser gives up, there is no verdict."""
    with pytest.raises(CouldNotJudge):
        require_recursive_query("select * from part tablesample wild ((", tables=["part"], ask="")


ONCE = {
    "steps": "with a as (select id from part), b as (select id from stock) select * from a join b using (id) where id > (select avg(id) from a)",
    "derived tables": "select * from (select id, avg(id) over () m from part) p join stock using (id) where id > m",
    "a subquery for each row": "select id, (select sum(s.id) from stock s where s.id = p.id) from part p",
}


@pytest.mark.parametrize("name", ONCE)
def test_a_step_may_be_asked_as_often_as_one_likes(name):
    """What counts is how often a table is named, not how often a step is."""
    require_tables_named_once(ONCE[name], tables=["part", "stock"], ask="")


def test_a_table_that_is_named_twice_is_pointed_at():
    """Both places are shown."""
    with pytest.raises(WrongStructure, match=r"part is named 2 times") as caught:
        require_tables_named_once("select id from part\nwhere id > (select avg(id) from part)", tables=["part"], ask="")
    assert [place.line for place in caught.value.places] == [1, 2]
