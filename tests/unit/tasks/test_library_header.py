from __future__ import annotations

import pytest

from prover.tasks.rows import as_library_file


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("import Init.Data.Nat.Basic\nimport Init.Omega", "prelude\nimport Init.Data.Nat.Basic\nimport Init.Omega"),
        ("import Init.Core\nopen Nat", "prelude\nimport Init.Core\nopen Nat"),
        ("prelude\nimport Init.Core", "prelude\nimport Init.Core"),
        ("import Init", "import Init"),
        ("import Mathlib\nimport Init.Core", "import Mathlib\nimport Init.Core"),
        ("open Nat", "open Nat"),
        ("-- import Init.Core\nopen Nat", "-- import Init.Core\nopen Nat"),
        ("", ""),
    ],
)
def test_only_a_header_of_library_modules_gets_the_prelude_it_was_written_for(header: str, expected: str) -> None:
    assert as_library_file(header) == expected
