"""A run starts as many Lean workers as its theorems and the memory allow, and says why they are fewer than asked."""

from __future__ import annotations

import pytest

from prover.assembly.capacity import fitted, judges_beside
from prover.config import Config, LeanConfig, SearchConfig

GIB = 1 << 30


def asked(workers: int, *, passes: int = 1, in_flight: int = 2) -> Config:
    return Config(lean=LeanConfig(workers=workers), search=SearchConfig(passes=passes, in_flight=in_flight))


def test_what_is_asked_for_is_started_where_there_is_use_and_room() -> None:
    config, said = fitted(asked(1), 40, free_bytes=64 * GIB)
    assert (config.lean.workers, said) == (1, "1 Lean worker")


@pytest.mark.parametrize(
    ("theorems", "search", "workers"),
    [(1, {}, 2), (3, {}, 6), (1, {"passes": 3}, 6), (1, {"in_flight": 1}, 1), (0, {}, 1)],
)
def test_a_search_keeps_as_many_busy_as_it_has_expansions_in_flight(
    theorems: int, search: dict[str, int], workers: int
) -> None:
    config, said = fitted(asked(64, **search), theorems, free_bytes=0)
    assert config.lean.workers == workers
    assert "64 were asked for" in said and f"{workers} busy" in said


def test_memory_bounds_them_beside_their_judges() -> None:
    config, said = fitted(asked(64), 1000, free_bytes=24 * GIB)
    workers = config.lean.workers
    assert (
        0.8 * (workers + 2 * judges_beside(workers) + 1)
        <= 24
        < 0.8 * (workers + 1 + 2 * judges_beside(workers + 1) + 1)
    )
    assert "24.0 GiB of memory are free, and each takes 0.8 and more" in said


def test_one_is_started_whatever_there_is() -> None:
    config, said = fitted(asked(2), 10, free_bytes=GIB // 2)
    assert config.lean.workers == 1
    assert "2 were asked for" in said


def test_several_leans_share_the_memory() -> None:
    one = fitted(asked(64), 1000, free_bytes=24 * GIB)[0].lean.workers
    two, said = fitted(asked(64), 1000, num_leans=2, free_bytes=24 * GIB)
    assert 2 * two.lean.workers <= one + 1
    assert "for each Lean" in said


def test_a_projects_workers_are_larger() -> None:
    project = Config(lean=LeanConfig(workers=64, project="mathlib"))
    assert (
        fitted(project, 1000, free_bytes=24 * GIB)[0].lean.workers
        < fitted(asked(64), 1000, free_bytes=24 * GIB)[0].lean.workers
    )


def test_more_workers_than_cores_are_remarked_on() -> None:
    assert "gain nothing" in fitted(asked(5000), 5000)[1]
