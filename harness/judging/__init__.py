"""Pure judges: rows against rows, and the structure of SQL. No judge reads a file, a clock or a server."""

from harness.judging.columns import ColumnFinding, WrongColumns
from harness.judging.order import WrongOrder
from harness.judging.recursions import require_recursive_query
from harness.judging.rows import Pair, RowsDifference, WrongRows, compare
from harness.judging.single import WrongValue, require_same
from harness.judging.steps import require_tables_named_once
from harness.judging.structure import Place, WrongStructure, require_one_reading_statement
from harness.judging.windows import require_window_query

__all__ = [
    "ColumnFinding",
    "Pair",
    "Place",
    "RowsDifference",
    "WrongColumns",
    "WrongOrder",
    "WrongRows",
    "WrongStructure",
    "WrongValue",
    "compare",
    "require_one_reading_statement",
    "require_recursive_query",
    "require_same",
    "require_tables_named_once",
    "require_window_query",
]
