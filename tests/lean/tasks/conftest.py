"""A step server for the tests of a file: Lean reads what the tasks are made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lean.lean_project.step_client import StepServer


@pytest.fixture(scope="module")
def server() -> Iterator[StepServer]:
    with StepServer() as running:
        yield running
