"""What tells one data set from another."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from harness.services import Dataset

BASE = Dataset("base", "CREATE TABLE t (a integer)", {"t": [(1,), (2,)]})


@pytest.mark.parametrize(
    "other",
    [
        Dataset("base", "CREATE TABLE t (a bigint)", {"t": [(1,), (2,)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"t": [(2,), (1,)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"t": [(1, 2)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"t": [("1",), (2,)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"u": [(1,), (2,)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"t": [(1,)], "u": [(2,)]}),
        Dataset("base", "CREATE TABLE t (a integer)", {"t": [(None,), (2,)]}),
    ],
)
def test_a_change_of_schema_or_rows_changes_the_fingerprint(other):
    """Another schema, value, type, order, table or row is another data set."""
    assert other.fingerprint != BASE.fingerprint


def test_name_and_seed_are_no_part_of_the_fingerprint():
    """Two data sets with the same schema and rows are the same, whatever they are called."""
    assert Dataset("other", BASE.schema, BASE.tables, seed=7).fingerprint == BASE.fingerprint


def test_the_fingerprint_is_the_same_in_another_process():
    """The fingerprint doesn't depend on the process's hash seed."""
    code = (
        "from datetime import UTC, datetime; from decimal import Decimal; from harness.services import Dataset; "
        "print(Dataset('x', 's', {'t': [(1.5, Decimal('2.50'), datetime(2024, 1, 1, tzinfo=UTC), None)]}).fingerprint)"
    )
    rows = [(1.5, Decimal("2.50"), datetime(2024, 1, 1, tzinfo=UTC), None)]
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert printed == Dataset("x", "s", {"t": rows}).fingerprint
