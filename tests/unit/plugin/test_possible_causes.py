"""Which known mistakes a failure tells as its possible causes."""

from pathlib import Path

import pytest

from harness.catalogue import find_lab, project_root
from harness.gallery import mistakes
from harness.plugin.surroundings import possible_causes

KNOWN = mistakes(find_lab(project_root(Path(__file__)), "01"))


@pytest.mark.parametrize(("fit", "told"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 0), (9, 0)])
def test_all_causes_are_told_or_none(fit, told):
    """Up to three are told, each with its belief and hint; of more none, as the real one could be left out."""
    causes = possible_causes(KNOWN[:fit])
    assert [(cause.name, cause.belief, cause.hint) for cause in causes] == [
        (mistake.name, mistake.belief, mistake.hint) for mistake in KNOWN[:told]
    ]
