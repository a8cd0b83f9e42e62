"""One warm step server for the tests that leave nothing behind in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lean.lean_project.step_client import StepServer


@pytest.fixture(scope="session")
def server() -> Iterator[StepServer]:
    with StepServer() as running:
        yield running
