"""The numbers of a result are fields with names, not texts, wherever they are reckoned with."""

from __future__ import annotations

import re

from tests.unit.architecture.source import ROOT, files, label


def test_the_numbers_of_a_result_are_read_by_name_outside_of_reports() -> None:
    for path in (*files(), *sorted((ROOT / "scripts").rglob("*.py"))):
        is_allowed = path.name == "usage.py" or label(path).startswith("prover/report/")
        assert is_allowed or not re.search(r"\bstats(\.get\(|\[)", path.read_text(encoding="utf8")), label(path)
