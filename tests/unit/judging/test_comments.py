import pytest

from harness.judging.comments import blanked


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("partition/**/by", "partition    by"),
        ("order -- x\r\n by", "order     \r\n by"),
        ("a /* /* b */ -- */ c", "a                  c"),
        ("a /* b\nc */ d", "a     \n     d"),
        ("'--' \"/*\" '' --x", "'--' \"/*\" ''    "),
        ("'it''s --' --x", "'it''s --'    "),
        (r"E'\' --' --x", r"E'\' --'    "),
        (r"'\' --x", r"'\'    "),
        ("$$ -- $$ --x", "$$ -- $$    "),
        ("$a$ -- $$ /* $a$ --x", "$a$ -- $$ /* $a$    "),
        ("a$1$ -- $1$", "a$1$       "),
        ("$1 --x", "$1    "),
        ("a /* b", "a /* b"),
        ("'open --", "'open --"),
        ("5--3", "5   "),
        ("", ""),
    ],
)
def test_comments_become_spaces(sql, read):
    """Comments turn into as many spaces; what looks like one in a string, a name or a dollar quote stays."""
    assert blanked(sql) == read
    assert len(read) == len(sql)


def test_a_megabyte_of_comments_is_read_at_once():
    """Blanking takes one pass over the text, whatever stands in it."""
    assert blanked("/*" * 500_000) == "/*" * 500_000
    assert blanked("-- x\n" * 200_000).strip() == ""
